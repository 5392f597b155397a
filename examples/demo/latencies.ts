// Durations of one kind of call, and the figures that people ask for.

import { systemClock } from '../../src/base/clock.ts';

export class Latencies {
  readonly #samplesMs: number[] = [];

  /** Runs `call` and notes how long it took, failures left out. */
  async measure<Result>(call: () => Promise<Result>): Promise<Result> {
    const startMs = systemClock.nowMs();
    const result = await call();
    this.add(systemClock.nowMs() - startMs);
    return result;
  }

  add(durationMs: number): void {
    this.#samplesMs.push(durationMs);
  }

  get count(): number {
    return this.#samplesMs.length;
  }

  /** The smallest sample that at least `share` (0..1) of the samples do not exceed; NaN without samples. */
  quantileMs(share: number): number {
    const sorted = [...this.#samplesMs].sort((left, right) => left - right);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }
}
