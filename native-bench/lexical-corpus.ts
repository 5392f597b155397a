// Documents and queries made from a seed, by Zipf's law, and the plainest search over them to compare with.

import type { AnalyzedText } from '../src/lexical/analyzed-text.ts';
import { averageLength, halfSaturation, idfOf, termScore, weighFields } from '../src/lexical/bm25.ts';
import type { LexicalQuery } from '../src/lexical/lexical-query.ts';
import { randomFrom, wholeBetween } from '../test/support/random.ts';

export const random = randomFrom(11);
const vocabularySize = 300_000;
/** Words with the most frequent left out, as stop words are: the first stands in about one document of five. */
const zipfOffset = 40;
const normaliser = Math.log((vocabularySize + zipfOffset) / zipfOffset);

export function word(): string {
  const rank = Math.floor(zipfOffset * (Math.exp(random() * normaliser) - 1));
  // Scattered over the alphabet, and longer when rarer.
  return `${((rank * 2_654_435_761) % 4_294_967_296).toString(36)}${rank < 5_000 ? '' : 'en'}`;
}

/** A title of 6 words, a body of 60 to 140. */
export function text(): AnalyzedText {
  const [titleLength, bodyLength] = [6, wholeBetween(random, 60, 140)];
  const counts = new Map<string, [number, number]>();
  for (let i = 0; i < titleLength + bodyLength; i++) {
    const term = word();
    const pair = counts.get(term) ?? [0, 0];
    pair[i < titleLength ? 0 : 1]++;
    counts.set(term, pair);
  }
  const packed = Uint16Array.from([...counts.values()].flat());
  return { terms: [...counts.keys()].join('\n'), counts: packed, titleLength, bodyLength };
}

/** Postings in plain arrays, all of them scored: what an index without bounds does. */
export class EveryPosting {
  readonly #postings = new Map<string, { document: number; title: number; body: number }[]>();
  readonly #lengths: number[] = [];

  add({ terms, counts, titleLength, bodyLength }: AnalyzedText): void {
    const document = this.#lengths.push(weighFields({ title: titleLength, body: bodyLength })) - 1;
    for (const [i, term] of terms.split('\n').entries()) {
      const list = this.#postings.get(term) ?? [];
      list.push({ document, title: counts[2 * i] as number, body: counts[2 * i + 1] as number });
      this.#postings.set(term, list);
    }
  }

  search({ terms, statistics }: LexicalQuery, limit: number): number[] {
    const average = averageLength(statistics);
    const scores = new Map<number, number>();
    for (const { term, documentFrequency } of terms) {
      const idf = idfOf(statistics.documents, documentFrequency);
      for (const { document, title, body } of this.#postings.get(term) ?? []) {
        const half = halfSaturation(this.#lengths[document] as number, average);
        const score = termScore(idf, weighFields({ title, body }), half);
        scores.set(document, (scores.get(document) ?? 0) + score);
      }
    }
    return [...scores]
      .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || a - b)
      .slice(0, limit)
      .map(([, score]) => score);
  }
}
