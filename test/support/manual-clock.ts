// A clock that a test moves by hand: timers fire in order of their time, each seeing its own instant as "now".

import type { Clock, Timer } from '../../src/base/clock.ts';

interface ManualTimer {
  readonly dueMs: number;
  readonly action: () => void;
}

export class ManualClock implements Clock {
  readonly #timers = new Set<ManualTimer>();
  #nowMs: number;
  readonly #epochAtZeroMs: number;

  constructor(start: { readonly nowMs?: number; readonly epochMs?: number } = {}) {
    this.#nowMs = start.nowMs ?? 0;
    this.#epochAtZeroMs = (start.epochMs ?? Date.UTC(2024, 0, 1)) - this.#nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#epochAtZeroMs + this.#nowMs;
  }

  setTimer(delayMs: number, action: () => void): Timer {
    const timer: ManualTimer = { dueMs: this.#nowMs + Math.max(0, delayMs), action };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Timers that have neither fired nor been cancelled. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer; null: none is set. */
  get nextTimerMs(): number | null {
    const next = this.#earliest(Number.POSITIVE_INFINITY);
    return next ? next.dueMs - this.#nowMs : null;
  }

  /** Moves time on and fires what becomes due, timers set by those actions included. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#earliest(untilMs); next; next = this.#earliest(untilMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.action();
    }
    this.#nowMs = untilMs;
  }

  #earliest(untilMs: number): ManualTimer | null {
    let earliest: ManualTimer | null = null;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (earliest === null || timer.dueMs < earliest.dueMs)) earliest = timer;
    }
    return earliest;
  }
}
