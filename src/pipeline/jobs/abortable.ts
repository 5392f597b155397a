// Waiting that ends with a signal, or with the time for it, even when what it waits for does not listen.

import type { Clock } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';

/** Yields what `source` yields, and throws the signal's reason as soon as it is aborted; `source` is told to return. */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const result = await unlessAborted(iterator.next(), signal);
      if (result.done === true) {
        isOver = true;
        return;
      }
      yield result.value;
    }
  } finally {
    // Not awaited: a source that hangs in a read would hang its end as well, and the signal has told it already.
    if (!isOver) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** The promise's value, or `deadline_exceeded` when that takes longer. */
export function within<T>(promise: Promise<T>, timeoutMs: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(timeoutMs, () =>
      reject(new KmsError('deadline_exceeded', `no answer within ${timeoutMs} ms`, { facts: { timeoutMs } })),
    );
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** The promise's value, or the signal's reason as rejection, whichever comes first. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // When the abort comes first, nobody waits for the promise any more.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
