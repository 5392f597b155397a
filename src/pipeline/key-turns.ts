// Order by key: two ingest calls with the same document take effect in the order they came in, although the second
// might otherwise overtake the first (its text was in the embedding cache, the first one's was not).

import { deferred } from '../base/deferred.ts';
import type { DocumentKey } from '../model/document.ts';

export class KeyTurns {
  /** The last call that holds each key. Bounded by the documents in flight: a call leaves when it settles. */
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` once every earlier call that shares a key with this one has settled. */
  async run<T>(keys: readonly DocumentKey[], work: () => Promise<T>): Promise<T> {
    const names = new Set(keys.map((key) => `${key.collection}\0${key.id}`));
    const earlier = new Set<Promise<void>>();
    const { promise: turn, resolve: leave } = deferred<void>();
    // Enter all keys in one synchronous step: two calls that share two keys can then never wait for each other.
    for (const name of names) {
      const tail = this.#tails.get(name);
      if (tail !== undefined) earlier.add(tail);
      this.#tails.set(name, turn);
    }
    try {
      if (earlier.size > 0) await Promise.all(earlier);
      return await work();
    } finally {
      for (const name of names) if (this.#tails.get(name) === turn) this.#tails.delete(name);
      leave();
    }
  }

  get size(): number {
    return this.#tails.size;
  }
}
