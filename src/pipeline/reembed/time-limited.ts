// Work that ends with whoever wants it, with whoever does it, and after a time.

import { setMaxListeners } from 'node:events';
import type { Clock } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';
import type { CallOptions } from '../engine-api.ts';

export interface WorkLimits {
  readonly clock: Clock;
  readonly msMax: number;
  /** The first that is aborted ends the work, with its reason. */
  readonly signals: readonly AbortSignal[];
}

/** Rejects with `deadline_exceeded` after `msMax`, as far as `work` listens to its call. */
export async function timeLimited<T>(
  { clock, msMax, signals }: WorkLimits,
  work: (call: CallOptions) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  setMaxListeners(0, inner.signal);
  const onAbort = () => inner.abort(signals.find(({ aborted }) => aborted)?.reason);
  // Not AbortSignal.any: it would keep something of each call for as long as the longest-lived signal lives.
  for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
  if (signals.some(({ aborted }) => aborted)) onAbort();
  const late = new KmsError('deadline_exceeded', 'the second generation takes too long');
  const timer = clock.setTimer(msMax, () => inner.abort(late));
  try {
    return await work({ signal: inner.signal, deadlineMs: clock.nowMs() + msMax });
  } finally {
    timer.cancel();
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  }
}
