// When the engine syncs a source by itself: at a fixed interval, and soon after the source says that it has changed.

import type { Clock, Timer } from '../../base/clock.ts';
import type { Log } from '../../observability/logger.ts';
import type { SyncSource } from '../../sources/sync-source.ts';

export interface SyncTimerOptions {
  readonly source: SyncSource;
  readonly clock: Clock;
  readonly log: Log;
  /** When the source was last read to its end; null: never. */
  readonly syncedTimeMs: number | null;
  /** Starts a sync; false: one is running, so ask again when it has ended. */
  readonly sync: () => boolean;
}

/** Changes come in bursts: one sync covers those of a second. */
const settleMs = 1_000;
/** A source that cannot be watched is asked again. */
const watchAgainMs = 30_000;
/** What a timer of Node can hold: a longer wait is waited in parts. */
const timerMsMax = 2 ** 31 - 1;

export class SyncTimer {
  readonly #options: SyncTimerOptions;
  readonly #stopped = new AbortController();
  #interval: Timer | null = null;
  #settling: Timer | null = null;
  #watching: Timer | null = null;
  #unwatch: (() => Promise<void>) | null = null;
  #hasChanged = false;
  #nextTimeMs: number | null = null;

  constructor(options: SyncTimerOptions) {
    this.#options = options;
  }

  /** When the next sync is due, milliseconds since 1970; null: only when asked. */
  get nextTimeMs(): number | null {
    return this.#nextTimeMs;
  }

  start(): void {
    const { source, syncedTimeMs, clock } = this.#options;
    const { everyMs } = source;
    if (everyMs !== null) this.#setInterval(syncedTimeMs === null ? clock.epochMs() : syncedTimeMs + everyMs);
    void this.#watch();
  }

  /** A sync of the source has ended, however it was started and however it ended. */
  noteEnd(): void {
    const { source, clock } = this.#options;
    if (this.#stopped.signal.aborted) return;
    if (source.everyMs !== null) this.#setInterval(clock.epochMs() + source.everyMs);
    if (this.#hasChanged) this.#settle();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const timer of [this.#interval, this.#settling, this.#watching]) timer?.cancel();
    await this.#unwatch?.();
    this.#unwatch = null;
  }

  #setInterval(dueMs: number): void {
    const { clock } = this.#options;
    this.#nextTimeMs = dueMs;
    this.#interval?.cancel();
    const waitMs = Math.max(0, dueMs - clock.epochMs());
    this.#interval = clock.setTimer(Math.min(waitMs, timerMsMax), () => {
      if (clock.epochMs() < dueMs) this.#setInterval(dueMs);
      // The end of the sync that is running, or of this one, sets the next.
      else this.#options.sync();
    });
  }

  async #watch(): Promise<void> {
    const { source, clock, log } = this.#options;
    if (source.watch === null) return;
    try {
      const unwatch = await source.watch(() => this.#noteChange(), this.#stopped.signal);
      if (this.#stopped.signal.aborted) await unwatch();
      else this.#unwatch = unwatch;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      log.warn({ source: source.name, err: error, againMs: watchAgainMs }, 'source cannot be watched');
      this.#watching = clock.setTimer(watchAgainMs, () => void this.#watch());
    }
  }

  #noteChange(): void {
    if (this.#stopped.signal.aborted) return;
    this.#hasChanged = true;
    this.#settle();
  }

  #settle(): void {
    this.#settling ??= this.#options.clock.setTimer(settleMs, () => {
      this.#settling = null;
      // What changes from here on may come too late for this sync: it is noted again.
      if (this.#options.sync()) this.#hasChanged = false;
    });
  }
}
