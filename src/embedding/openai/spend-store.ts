// The days' spending on disk, so that a restart is no way around the budget. Small, and shared: two embed actors of one
// engine add to the same sum.

import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { checkLmdbFile } from '../../base/lmdb-file-check.ts';
import type { SpendStore } from './daily-budget.ts';

export interface SpendStoreOptions {
  /** The environment is `embedding-spend/` below it. */
  readonly dataDir: string;
  /** The disk refuses: the sum is right until the next restart only. */
  readonly onError: (error: unknown) => void;
}

const daysKeptMax = 40;

export function openSpendStore({ dataDir, onError }: SpendStoreOptions): SpendStore {
  const path = join(dataDir, 'embedding-spend');
  checkLmdbFile(join(path, 'data.mdb'), `remove ${path}; what was spent today counts as nothing then`);
  return new LmdbSpendStore(open({ path, maxReaders: 32 }), onError);
}

/** A day's sum as this thread knows it: its own part, committed or not, and what others had added at the last commit. */
interface Day {
  others: number;
  own: number;
  ownCommitted: number;
}

class LmdbSpendStore implements SpendStore {
  readonly #sums: RootDatabase<number, string>;
  readonly #onError: (error: unknown) => void;
  /** One entry a day that the process lives. */
  readonly #days = new Map<string, Day>();
  readonly #writes = new Set<Promise<void>>();

  constructor(sums: RootDatabase<number, string>, onError: (error: unknown) => void) {
    this.#sums = sums;
    this.#onError = onError;
  }

  read(day: string): number {
    const { others, own } = this.#day(day);
    return others + own;
  }

  add(day: string, dollars: number): void {
    const known = this.#day(day);
    known.own += dollars;
    const write = this.#sums
      .transaction(() => {
        const before = this.#sums.get(day) ?? 0;
        known.others = before - known.ownCommitted;
        known.ownCommitted += dollars;
        this.#sums.putSync(day, before + dollars);
        const old = [...this.#sums.getKeys({ reverse: true, offset: daysKeptMax })];
        for (const key of old) this.#sums.removeSync(key);
      })
      .catch(this.#onError)
      .finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  async close(): Promise<void> {
    await Promise.all(this.#writes);
    await this.#sums.close();
  }

  #day(day: string): Day {
    let known = this.#days.get(day);
    if (known === undefined) {
      known = { others: this.#sums.get(day) ?? 0, own: 0, ownCommitted: 0 };
      this.#days.set(day, known);
    }
    return known;
  }
}
