// Reads of a shard by key: comparing, fetching. All synchronous; each sees one state of the store.

import { KmsError } from '../../base/errors.ts';
import type { LexicalQuery } from '../../lexical/lexical-query.ts';
import { tokensIn } from '../../lexical/tokens-in.ts';
import type { DocumentKey } from '../../model/document.ts';
import { limits } from '../../model/limits.ts';
import { type DocumentRecord, toStoredDocument } from '../../storage/document-record.ts';
import type { ShardStore } from '../../storage/shard-store.ts';
import { beginningOfChunk, bestPassage, type Passage } from './best-passage.ts';
import type { CompareItem, ShownDocument, Verdict } from './index-messages.ts';
import type { ShardState } from './shard-state.ts';
import { shownChunk } from './shown-chunk.ts';

export function compare(store: ShardStore, item: CompareItem): Verdict {
  const stored = store.document(item);
  if (stored?.contentHash !== item.contentHash) return { type: 'changed' };
  if (stored.attributesHash !== item.attributesHash) return { type: 'attributes_changed' };
  return { type: 'unchanged', commitSequence: stored.commitSequence };
}

export interface FetchOptions {
  readonly withVectors: boolean;
  readonly omitBody: boolean;
  /** Terms of the index, to be marked in the snippet. */
  readonly terms: readonly string[];
  readonly withChunk?: boolean;
}

/**
 * UTF-16 units in which one task looks for terms to mark, of all its documents together: a third of a second. Past it a
 * document has only its beginning searched, which for 1,000 of them takes as long again.
 */
const markedUnitsMax = 2 * 1024 * 1024;
const markedUnitsMin = 2 * 1024;
const noTerms: readonly string[] = [];
/** Documents that are in memory at once: one may have 4 MiB, and be asked for without its body. */
const documentsPerRead = 16;

/**
 * Fetches for one task. Together the documents go into one answer, so that more of them than one message holds are
 * refused at the first that is too many, instead of read, copied between threads, and refused at the door.
 */
export class Fetcher {
  readonly #state: ShardState;
  readonly #options: FetchOptions;
  readonly #giveWay: () => void;
  #bytes = 0;
  #markedUnits = 0;

  /** Calls `giveWay` for each document, twice. */
  constructor(state: ShardState, options: FetchOptions, giveWay: () => void) {
    this.#state = state;
    this.#options = options;
    this.#giveWay = giveWay;
  }

  /** Index-aligned; null where there is no such document. */
  fetch(keys: readonly FetchKey[]): (ShownDocument | null)[] {
    if (keys.length <= documentsPerRead) return this.#fetchSome(keys);
    const documents: (ShownDocument | null)[] = [];
    for (let at = 0; at < keys.length; at += documentsPerRead) {
      documents.push(...this.#fetchSome(keys.slice(at, at + documentsPerRead)));
    }
    return documents;
  }

  #fetchSome(keys: readonly FetchKey[]): (ShownDocument | null)[] {
    const records = keys.map((key) => this.#read(key));
    const { terms } = this.#options;
    if (terms.length === 0) {
      return records.map((record, i) =>
        record === null ? null : this.#show(keys[i] as FetchKey, record, noTerms),
      );
    }
    const matched = terms.map((term) => this.#holding(term, keys, records));
    return records.map((record, i) => {
      if (record === null) return null;
      const matchedTerms = terms.filter((_, place) => matched[place]?.has(record.labels.first));
      return this.#show(keys[i] as FetchKey, record, matchedTerms);
    });
  }

  #show(key: FetchKey, record: DocumentRecord, matchedTerms: readonly string[]): ShownDocument {
    this.#giveWay();
    const { collection, id, chunk = 0 } = key;
    const vectors = this.#options.withVectors ? this.#state.store.vectors(record.labels) : null;
    const passage = this.#passageOf(record, chunk, matchedTerms);
    const shownDocument = {
      document: toStoredDocument({ collection, id }, shown(record, this.#options), vectors),
      snippet: passage.snippet,
      highlights: passage.highlights,
      matchedTerms,
    };
    if (this.#options.withChunk !== true) return shownDocument;
    return { ...shownDocument, chunk: shownChunk(this.#state.store, record, chunk) };
  }

  #passageOf(record: DocumentRecord, chunk: number, matchedTerms: readonly string[]): Passage {
    if (matchedTerms.length === 0) return beginningOfChunk(record, chunk);
    const unitsMax = Math.max(markedUnitsMin, markedUnitsMax - this.#markedUnits);
    const counted = (text: string, asked: ReadonlySet<string>) => {
      this.#markedUnits += text.length;
      return tokensIn(text, asked);
    };
    return bestPassage(record, { chunk, terms: new Set(matchedTerms), tokensIn: counted, unitsMax });
  }

  #read(key: DocumentKey): DocumentRecord | null {
    this.#giveWay();
    const { store, init } = this.#state;
    const record = store.document(key);
    if (record === undefined) return null;
    // A character has at least one byte, so what is refused here would certainly be refused later. One document alone
    // is always given: its vectors may be wanted for more than showing them.
    const isFirst = this.#bytes === 0;
    if (!this.#options.omitBody) this.#bytes += record.body.length;
    if (this.#options.withVectors) this.#bytes += record.labels.count * init.dimensions * 4;
    if (!isFirst && this.#bytes > limits.messageBytesMax) throw tooManyBytes();
    return record;
  }

  /** First labels of the documents that hold the term, as the index of their collection knows. */
  #holding(
    term: string,
    keys: readonly DocumentKey[],
    records: readonly (DocumentRecord | null)[],
  ): ReadonlySet<number> {
    const holding = new Set<number>();
    for (const collection of new Set(keys.map((key) => key.collection))) {
      const labels = records.flatMap((record, i) =>
        record !== null && keys[i]?.collection === collection ? [record.labels.first] : [],
      );
      const scores = this.#state.words.get(collection)?.lexical.score(queryFor(term), labels) ?? [];
      for (const [i, { score }] of scores.entries()) if (score > 0) holding.add(labels[i] as number);
    }
    return holding;
  }
}

export type FetchKey = DocumentKey & { readonly chunk?: number };

/** A query that scores above 0 whoever holds the term, and nobody else. */
function queryFor(term: string): LexicalQuery {
  const statistics = { documents: 1, titleTokens: 0, bodyTokens: 1 };
  return { terms: [{ term, weight: 1, documentFrequency: 1, group: 0 }], statistics };
}

function tooManyBytes(): KmsError {
  const description = `gives an answer of more than ${limits.messageBytesMax} bytes: ask for fewer hits, or set omit_body`;
  return new KmsError('invalid_argument', `limit: ${description}`, {
    violations: [{ field: 'limit', description }],
    facts: { messageBytesMax: limits.messageBytesMax },
  });
}

function shown(record: DocumentRecord, { omitBody }: { readonly omitBody: boolean }): DocumentRecord {
  return omitBody ? { ...record, body: '' } : record;
}
