// How a search asks an actor: in the urgent lane, with the caller's deadline and its wish to go.

import { KmsError } from '../../base/errors.ts';
import type { CallOptions } from '../engine-api.ts';

export interface UrgentOptions {
  readonly lane: 'urgent';
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
}

/**
 * A read may be repeated, so the death of a thread costs it one more try, which waits for the successor; a second death
 * is the caller's to know.
 */
export async function askUrgently<T>(
  call: CallOptions,
  ask: (options: UrgentOptions) => Promise<T>,
): Promise<T> {
  const deadline = call.deadlineMs === null ? {} : { deadlineMs: call.deadlineMs };
  const options = { lane: 'urgent', signal: call.signal, ...deadline } as const;
  try {
    return await ask(options);
  } catch (error) {
    if (error instanceof KmsError && error.code === 'actor_down') return ask(options);
    throw error;
  }
}
