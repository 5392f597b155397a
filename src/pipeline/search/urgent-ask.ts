// How a search asks an actor: in the urgent lane, with the caller's deadline and its wish to go.

import type { AbortNotice } from '../../actor/actor.ts';
import { KmsError } from '../../base/errors.ts';
import type { CallOptions } from '../engine-api.ts';

export interface UrgentOptions {
  readonly lane: 'urgent';
  readonly signal: AbortNotice;
  readonly deadlineMs?: number;
}

/**
 * A read may be repeated, so the death of a thread costs it one more try, which waits for the successor; a second death
 * is the caller's to know.
 */
export function askUrgently<T>(call: CallOptions, ask: (options: UrgentOptions) => Promise<T>): Promise<T> {
  const { deadlineMs } = call;
  const asked = { lane: 'urgent', signal: call.notice ?? call.signal } as const;
  const options: UrgentOptions = deadlineMs === null ? asked : { ...asked, deadlineMs };
  return ask(options).catch((error: unknown) => {
    if (error instanceof KmsError && error.code === 'actor_down') return ask(options);
    throw error;
  });
}
