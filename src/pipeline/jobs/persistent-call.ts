// Calls of a job are repeated for as long as the job lives: nobody waits for an answer, and a provider that is down for
// an hour is no reason to start over. Only what will never succeed comes out as an error.

import { RestartBackoff } from '../../actor/restart-backoff.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { type Fault, fromFault, KmsError, toFault } from '../../base/errors.ts';

export interface PersistentCallOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** What holds the call up; null: it goes on. */
  readonly onHold: (fault: Fault | null) => void;
}

export const retryBackoff = { initialMs: 200, maxMs: 30_000, jitter: 0.2 };

/**
 * Rejects with the first error that is not retryable, and with the signal's reason instead of a repetition: what has
 * begun is brought to its end also while the job is being stopped.
 */
export async function persistently<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  { clock, random, onHold }: PersistentCallOptions,
): Promise<T> {
  const backoff = new RestartBackoff(retryBackoff, random);
  let isHeld = false;
  try {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isRetryable(error)) throw error;
        isHeld = true;
        onHold(toFault(error));
      }
      await sleep(clock, backoff.nextMs(), signal);
    }
  } finally {
    if (isHeld) onHold(null);
  }
}

export function isRetryable(error: unknown): boolean {
  return error instanceof KmsError && error.isRetryable;
}

export function isRetryableFault(fault: Fault): boolean {
  return fromFault(fault).isRetryable;
}
