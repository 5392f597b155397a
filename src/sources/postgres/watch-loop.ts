// Keeps a watch on a source going: whatever ends it, it is begun again, later each time, until it is stopped.

import { type Clock, sleep } from '../../base/clock.ts';

const delayMsMin = 1_000;
const delayMsMax = 60_000;

export interface WatchLoop {
  /** Resolves when it is over. */
  stop(): Promise<void>;
}

/** `attempt` watches until it fails or is aborted; `onFailure` is told of each failure. */
export function startWatchLoop(
  attempt: (signal: AbortSignal) => Promise<void>,
  options: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onFailure: (error: unknown) => void;
  },
): WatchLoop {
  const { clock, onFailure } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const over = (async () => {
    let delayMs = delayMsMin;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      await attempt(signal).catch((error: unknown) => {
        if (!signal.aborted) onFailure(error);
      });
      // One that held for a while was well: it is not made to wait for what happened before.
      if (clock.nowMs() - startedMs > delayMsMax) delayMs = delayMsMin;
      // Being stopped while waiting is the ordinary end.
      await sleep(clock, delayMs, signal).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, delayMsMax);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await over;
    },
  };
}
