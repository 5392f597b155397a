// The rows of labels, with those that were asked for kept in memory. A row is written once and never changed, so what was
// read stays right until it is removed, and only a write removes: it says which, while its transaction is open. From then
// until it is settled such a row may be read, but not remembered, since nobody knows when reads cease to see it.

import type { Database } from 'lmdb';
import { type LabelRow, labelKey } from './document-record.ts';
import { LabelNames } from './label-names.ts';

export interface LabelRemovals {
  readonly removed: (label: number) => void;
  /** The write has been seen by reads, or never will be. */
  readonly settled: () => void;
}

export class LabelRows {
  readonly #database: Database<LabelRow, Uint8Array>;
  readonly #names = new LabelNames();
  /** One a write under way: as many as the actor has commits in flight, and a few of its own. */
  readonly #removing = new Set<Set<number>>();

  constructor(database: Database<LabelRow, Uint8Array>) {
    this.#database = database;
  }

  /** What a label stands for; undefined once its document was deleted or changed. */
  get(collection: number, label: number): LabelRow | undefined {
    const known = this.#names.get(collection, label);
    if (known !== undefined) return known;
    const row = this.#database.get(labelKey(collection, label));
    if (row !== undefined && !this.#isBeingRemoved(label)) this.#names.set(collection, label, row);
    return row;
  }

  beginWrite(): LabelRemovals {
    const labels = new Set<number>();
    this.#removing.add(labels);
    return {
      removed: (label) => {
        labels.add(label);
        this.#names.delete(label);
      },
      settled: () => {
        this.#removing.delete(labels);
      },
    };
  }

  #isBeingRemoved(label: number): boolean {
    for (const labels of this.#removing) if (labels.has(label)) return true;
    return false;
  }
}
