// Keeps the best few of what it is offered, one by one.

import type { LabelTest } from './label-test.ts';
import type { Neighbor } from './top-k.ts';

/** Sorting now and then is cheaper than a heap for a few among thousands. */
export class BestOf {
  readonly #k: number;
  readonly #allows: LabelTest | null;
  readonly #keptMax: number;
  #kept: Neighbor[] = [];
  /** Nothing at or below it can still get in. */
  #threshold = Number.NEGATIVE_INFINITY;

  constructor(k: number, allows: LabelTest | null = null) {
    this.#k = k;
    this.#allows = allows;
    this.#keptMax = 2 * k + 64;
  }

  /** Returns whether it may be among the best, as far as is known by now. */
  offer(label: number, product: number): boolean {
    if (product <= this.#threshold) return false;
    // Asked last: most vectors are too far away for it to matter.
    if (this.#allows !== null && !this.#allows(label)) return false;
    this.#kept.push({ label, cosine: Math.min(1, Math.max(-1, product)) });
    if (this.#kept.length >= this.#keptMax) {
      this.#kept = this.take();
      this.#threshold = this.#kept.at(-1)?.cosine ?? Number.NEGATIVE_INFINITY;
    }
    return true;
  }

  /** At most `k`, best first; ties by label. */
  take(): Neighbor[] {
    return this.#kept.sort((a, b) => b.cosine - a.cosine || a.label - b.label).slice(0, this.#k);
  }
}
