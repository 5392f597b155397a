// The rare, typed calls between the supervisor and a thread, carried by comlink over a port of their own. Types only.

import type { Fault } from '../base/errors.ts';
import type { ActorStats } from './actor.ts';
import type { ThreadVitals } from './work-protocol.ts';

/** A reply says itself whether it worked: comlink's own way of throwing loses an error's code. */
export type ControlReply<T> =
  | { readonly isOk: true; readonly value: T }
  | { readonly isOk: false; readonly fault: Fault };

export interface ThreadStats extends ThreadVitals {
  readonly stats: ActorStats;
}

export interface ActorControl {
  /** Runs the behavior's start. When that fails, the thread cleans up and ends by itself. */
  start(): Promise<ControlReply<null>>;
  /** Resolves when the mailbox is empty, the behavior has drained, and all counts are sent. */
  drain(): Promise<ControlReply<null>>;
  /** Gives queued tasks back, closes the behavior, and then ends the thread. */
  stop(): Promise<ControlReply<null>>;
  stats(): Promise<ControlReply<ThreadStats>>;
}
