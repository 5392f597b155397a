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

/** Real time. `hrtime` counts from the machine's boot, so a deadline means the same instant on every thread. */
export const systemClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint()) / 1e6,
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
