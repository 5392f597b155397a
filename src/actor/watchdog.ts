// Tells a stuck thread from a busy one and from an idle one by its progress word.

import type { Clock, Timer } from '../base/clock.ts';
import type { ProgressWord } from './progress-word.ts';

export interface WatchdogParts {
  readonly clock: Clock;
  readonly progress: ProgressWord;
  readonly stuckAfterMs: number;
  /** Whether tasks are in the thread's hands: an `idle` mark that stays although work was sent is no excuse. */
  hasWork(): boolean;
  /** Called once. */
  onStuck(silentMs: number): void;
}

// Loading a thread's modules shows no progress: a compiler or a large native library may take this long.
const bootMsMax = 60_000;
const checksPerPeriod = 4;
const checkIntervalMsMax = 1_000;

export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #intervalMs: number;
  #timer: Timer;
  #units: number;
  #silentMs = 0;
  #checkedMs: number;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    this.#intervalMs = Math.min(checkIntervalMsMax, parts.stuckAfterMs / checksPerPeriod);
    this.#units = parts.progress.units;
    this.#checkedMs = parts.clock.nowMs();
    this.#timer = parts.clock.setTimer(this.#intervalMs, () => this.#check());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const { clock, progress, stuckAfterMs } = this.#parts;
    const nowMs = clock.nowMs();
    // When the whole process was held up (a debugger, a suspended machine), the thread had no chance either: a late
    // check counts as one interval.
    const sinceNativeMs = nowMs - progress.nativeUntilMs;
    const elapsedMs = Math.min(nowMs - this.#checkedMs, 2 * this.#intervalMs, sinceNativeMs);
    this.#checkedMs = nowMs;
    const isAlive = this.#isExcused(nowMs) || progress.units !== this.#units;
    this.#units = progress.units;
    this.#silentMs = isAlive ? 0 : this.#silentMs + elapsedMs;
    const limitMs = progress.phase === 'booting' ? Math.max(bootMsMax, stuckAfterMs) : stuckAfterMs;
    if (this.#silentMs >= limitMs) {
      this.#parts.onStuck(this.#silentMs);
      return;
    }
    this.#timer = clock.setTimer(this.#intervalMs, () => this.#check());
  }

  #isExcused(nowMs: number): boolean {
    const { progress } = this.#parts;
    if (nowMs < progress.nativeUntilMs) return true;
    return progress.phase === 'idle' && !this.#parts.hasWork();
  }
}
