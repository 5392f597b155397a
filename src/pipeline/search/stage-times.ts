// Where the time of a search goes: measured once, for the metrics and for the answer.

import type { Clock } from '../../base/clock.ts';
import type { FlowMetrics, SearchStage } from '../flow-metrics.ts';

export interface StageTimesParts {
  readonly clock: Clock;
  readonly metrics: FlowMetrics;
}

export class StageTimes {
  readonly #parts: StageTimesParts;
  readonly #startMs: number;
  readonly #tookMs: Partial<Record<SearchStage, number>> = {};

  constructor(parts: StageTimesParts) {
    this.#parts = parts;
    this.#startMs = parts.clock.nowMs();
  }

  /** Runs `work` as a stage, or as one more part of it. */
  async during<T>(stage: SearchStage, work: () => T | Promise<T>): Promise<T> {
    const startMs = this.#parts.clock.nowMs();
    const done = await work();
    this.#took(stage, startMs);
    return done;
  }

  /** As `during`, for work that waits for nothing: a promise less on the way of every search. */
  within<T>(stage: SearchStage, work: () => T): T {
    const startMs = this.#parts.clock.nowMs();
    const done = work();
    this.#took(stage, startMs);
    return done;
  }

  /** Milliseconds; 0: there was no such stage. */
  of(stage: SearchStage): number {
    return this.#tookMs[stage] ?? 0;
  }

  /** Milliseconds since the start. */
  elapsedMs(): number {
    return this.#parts.clock.nowMs() - this.#startMs;
  }

  #took(stage: SearchStage, startMs: number): void {
    const { clock, metrics } = this.#parts;
    const tookMs = clock.nowMs() - startMs;
    metrics.searchStage(stage, tookMs / 1000);
    this.#tookMs[stage] = this.of(stage) + tookMs;
  }
}
