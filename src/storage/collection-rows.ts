// The rows of a shard's collections, which every search asks for and only a write changes: kept in memory between writes.
// While one is under way nobody knows when reads begin to see it, so then each question goes to the store.

import type { Database } from 'lmdb';
import type { CollectionRow } from './document-record.ts';

export class CollectionRows {
  readonly #database: Database<CollectionRow, string>;
  /** Bounded by the number of collections. */
  readonly #byName = new Map<string, CollectionRow>();
  #all: readonly CollectionRow[] | null = null;
  #writes = 0;

  constructor(database: Database<CollectionRow, string>) {
    this.#database = database;
  }

  get(name: string): CollectionRow | undefined {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const row = this.#database.get(name);
    if (row !== undefined && this.#writes === 0) this.#byName.set(name, row);
    return row;
  }

  all(): readonly CollectionRow[] {
    if (this.#all !== null) return this.#all;
    const rows = [...this.#database.getRange()].map(({ value }) => value);
    if (this.#writes === 0) this.#all = rows;
    return rows;
  }

  /** `written` settles when the write has been seen by reads, or never will be. */
  changeDuring(written: Promise<unknown>): void {
    this.#writes++;
    this.#forget();
    const settled = () => {
      this.#writes--;
    };
    written.then(settled, settled);
  }

  #forget(): void {
    this.#byName.clear();
    this.#all = null;
  }
}
