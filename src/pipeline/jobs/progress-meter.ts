// How fast a job is now, and when it will be through. Looks at the last half minute: an average over the whole run would
// still show yesterday's speed.

import type { Clock } from '../../base/clock.ts';

const windowMs = 30_000;
/** One sample a second is enough for a rate, and bounds them at 31. */
const sampleEveryMs = 1_000;

export class ProgressMeter {
  readonly #clock: Clock;
  readonly #samples: { readonly atMs: number; readonly done: number }[] = [];

  /** `done`: what was done before this meter began to look. */
  constructor(clock: Clock, done: number) {
    this.#clock = clock;
    this.#samples.push({ atMs: clock.nowMs(), done });
  }

  /** `total`: what there is to do, counted as `done` is; null: nobody knows. */
  read(
    done: number,
    total: number | null,
  ): { readonly ratePerSecond: number; readonly etaMs: number | null } {
    const nowMs = this.#clock.nowMs();
    // The first one kept is the newest that is at least a window old, so that the rate covers all of it.
    while ((this.#samples[1]?.atMs ?? nowMs) <= nowMs - windowMs) this.#samples.shift();
    const first = this.#samples[0];
    const elapsedMs = nowMs - (first?.atMs ?? nowMs);
    // A job that goes back to its last checkpoint has done less than before for a moment.
    const change = Math.max(0, done - (first?.done ?? done));
    const ratePerSecond = elapsedMs > 0 ? (change / elapsedMs) * 1_000 : 0;
    if (nowMs - (this.#samples.at(-1)?.atMs ?? 0) >= sampleEveryMs) this.#samples.push({ atMs: nowMs, done });
    const isKnown = total !== null && ratePerSecond > 0;
    return { ratePerSecond, etaMs: isKnown ? (Math.max(0, total - done) / ratePerSecond) * 1_000 : null };
  }
}
