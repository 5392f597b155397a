// The only door to time. Everything that waits, measures or stamps takes a Clock, so that tests can own time.

/** A timer that has not fired yet; cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds on one time line for all threads of the process; for deadlines and durations. */
  nowMs(): number;
  /** Wall-clock milliseconds since 1970 (UTC); for stamps that a person or another process reads. */
  epochMs(): number;
  /** Calls `action` once, `delayMs` from now. Does not keep the process alive. */
  setTimer(delayMs: number, action: () => void): Timer;
}

/** Counts from the machine's boot, the same on every thread. */
function bootMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * What `performance.now`, which counts from the thread's own beginning, lacks to `bootMs`: both read one clock, and the
 * one makes no bigint (50 ns instead of 350; a search asks for the time twenty times). Of a few tries the one that was
 * interrupted least is right to a microsecond.
 */
function threadOriginMs(): number {
  let [originMs, shortestMs] = [0, Number.POSITIVE_INFINITY];
  for (let tries = 0; tries < 5; tries += 1) {
    const beforeMs = bootMs();
    const nowMs = performance.now();
    const afterMs = bootMs();
    if (afterMs - beforeMs >= shortestMs) continue;
    shortestMs = afterMs - beforeMs;
    originMs = (beforeMs + afterMs) / 2 - nowMs;
  }
  return originMs;
}

const originMs = threadOriginMs();

/** Real time; a deadline means the same instant on every thread. */
export const systemClock: Clock = {
  nowMs: () => originMs + performance.now(),
  epochMs: () => Date.now(),
  setTimer: (delayMs, action) => {
    const handle = setTimeout(action, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`, or at once with the signal's reason as rejection when it is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
