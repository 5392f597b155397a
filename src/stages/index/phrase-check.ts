// Whether a phrase stands in a document as it was written, letter case and blanks aside. Asked about documents that hold
// all of its words, or about any when it is made of stop words alone.

import { isStopWord } from '../../lexical/word-terms.ts';
import type { ShardStore } from '../../storage/shard-store.ts';
import { PhraseSearch } from './phrase-search.ts';
import type { TextReads } from './text-reads.ts';

export interface AskedPhrase {
  readonly collection: string;
  /** The shard's number of the collection. */
  readonly number: number;
  readonly text: string;
}

export class PhraseCheck {
  readonly #store: ShardStore;
  readonly #reads: TextReads;
  readonly #phrase: AskedPhrase;
  readonly #search: PhraseSearch;
  /**
   * By first label: a document is asked for each of its chunks, and by several lists. Bounded by the documents that a
   * search may read.
   */
  readonly #remembered = new Map<number, boolean>();
  #fault: unknown = null;

  constructor(store: ShardStore, reads: TextReads, phrase: AskedPhrase) {
    this.#store = store;
    this.#reads = reads;
    this.#phrase = phrase;
    this.#search = new PhraseSearch(phrase.text);
  }

  /**
   * Never throws, since it is called from within a native search: what cannot be read does not hold it, and after a
   * failure nothing is read any more, so that the search comes to its end.
   */
  holds(firstLabel: number | null): boolean {
    if (firstLabel === null) return false;
    const known = this.#remembered.get(firstLabel);
    if (known !== undefined) return known;
    if (this.#fault !== null) return false;
    try {
      this.#reads.begin(this.#phrase.text);
      const answer = this.#read(firstLabel);
      this.#remembered.set(firstLabel, answer);
      return answer;
    } catch (error) {
      this.#fault = error;
      return false;
    }
  }

  /** Throws what `holds` met; to be called when the search is over. */
  throwFault(): void {
    if (this.#fault !== null) throw this.#fault;
  }

  #read(firstLabel: number): boolean {
    const row = this.#store.label(this.#phrase.number, firstLabel);
    if (row === undefined) return false;
    const record = this.#store.document({ collection: this.#phrase.collection, id: row[0] });
    if (record === undefined) return false;
    this.#reads.end(record.text.length);
    return this.#search.standsIn(record.text);
  }
}

/** The terms that documents are known by: a stop word among others is in no postings. */
export function wordsOf(terms: readonly string[]): string[] {
  return terms.filter((term) => !isStopWord(term));
}
