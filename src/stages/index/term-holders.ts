// The labels of the documents that hold words, as the postings know them: what phrases and excluded words narrow a
// selection down by. Sets that several phrases need are made once.

import type { CollectionWords } from './collection-words.ts';
import { LabelBlocks } from './selection-blocks.ts';

/**
 * Words that a phrase is narrowed down by, the rarest of it: each costs a walk over its postings, and whether the whole
 * phrase stands in a document is read there anyway.
 */
const wordsPerPhraseMax = 8;
/** Sets kept for other phrases; 125 KB each at a million labels. */
const keptMax = 64;

export class TermHolders {
  readonly #words: CollectionWords;
  readonly #giveWay: () => void;
  readonly #kept = new Map<string, LabelBlocks>();

  /** Calls `giveWay` before each word. */
  constructor(words: CollectionWords, giveWay: () => void) {
    this.#words = words;
    this.#giveWay = giveWay;
  }

  /** All labels of the documents that hold the term. */
  of(term: string): LabelBlocks {
    const kept = this.#kept.get(term);
    if (kept !== undefined) return kept;
    this.#giveWay();
    const holders = new LabelBlocks();
    this.#words.lexical.forEachLabel(term, (first, count) => {
      for (let chunk = 0; chunk < count; chunk++) holders.add(first + chunk);
    });
    if (this.#kept.size < keptMax) this.#kept.set(term, holders);
    return holders;
  }

  /** Those that hold each of the terms, and maybe some more where there are many terms; at least one term. */
  ofAll(terms: readonly string[]): LabelBlocks {
    let all: LabelBlocks | null = null;
    for (const term of this.#rarest(terms)) {
      const holders = this.of(term);
      all = all === null ? holders : all.and(holders);
      if (all.count === 0) break;
    }
    return all ?? new LabelBlocks();
  }

  #rarest(terms: readonly string[]): string[] {
    const distinct = [...new Set(terms)];
    const { documentFrequencies } = this.#words.lexical.statistics(distinct);
    return distinct
      .map((term, i) => ({ term, frequency: documentFrequencies[i] ?? 0 }))
      .sort((a, b) => a.frequency - b.frequency)
      .slice(0, wordsPerPhraseMax)
      .map(({ term }) => term);
  }
}
