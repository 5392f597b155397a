// When a write counts as done. lmdb-js makes a commit readable before it is on disk, and has three ways to say that the
// disk failed: the write's promise rejects, the error's `commitError` rejects too (unhandled, it ends the process), and
// `flushed` never settles. All three end here, in one KmsError.

import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';

/** A healthy disk flushes within milliseconds; one that takes this long is broken, or as good as that. */
const flushMsMax = 30_000;

export interface Durability {
  /** Settles when everything committed so far is on disk. Called after the commit. */
  readonly flushed: () => PromiseLike<unknown>;
  readonly clock: Clock;
}

/** What became of the write when it failed: `committed` ones are readable and may or may not survive a crash. */
export type WriteStage = 'rejected' | 'committed';

/**
 * Resolves with the write's result once it is on disk. Rejects with the write's own error where it threw a KmsError,
 * `resource_exhausted` when the map is full, and `unavailable` when the disk failed (facts.stage is a WriteStage).
 */
export async function durable<R>(write: Promise<R>, { flushed, clock }: Durability): Promise<R> {
  let result: R;
  try {
    result = await write;
  } catch (error) {
    throw await translated(error);
  }
  await withinDeadline(flushed(), clock);
  return result;
}

async function translated(error: unknown): Promise<KmsError> {
  if (error instanceof KmsError) return error;
  const commitError = (error as { commitError?: Promise<unknown> }).commitError;
  let cause = error;
  if (commitError !== undefined) {
    // It carries the reason, and must be caught in any case. It may be late, or never come.
    commitError.catch((reason: unknown) => {
      cause = reason;
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (/MDB_MAP_FULL/.test(String(cause))) {
    return new KmsError('resource_exhausted', 'the store has reached its size limit', { cause });
  }
  return new KmsError('unavailable', 'the store could not write to its disk', {
    cause,
    facts: { stage: 'rejected' satisfies WriteStage },
  });
}

function withinDeadline(flushed: PromiseLike<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(
        new KmsError('unavailable', 'the store could not flush to its disk', {
          cause,
          facts: { stage: 'committed' satisfies WriteStage, flushMsMax },
        }),
      );
    const timer = clock.setTimer(flushMsMax, () => fail(undefined));
    flushed.then(
      () => {
        timer.cancel();
        resolve();
      },
      (error: unknown) => {
        timer.cancel();
        fail(error);
      },
    );
  });
}
