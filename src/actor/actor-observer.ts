// What the runtime tells about itself. The composition root turns it into metrics; the runtime knows no registry.

import type { Lane } from './actor.ts';
import type { MetricDelta } from './work-protocol.ts';

/** Why a thread ended; a closed set, so that it can be a metric's label. */
export type DownReason =
  /** An exception that nobody caught. */
  | 'error'
  /** The thread ended itself. */
  | 'exit'
  | 'out_of_memory'
  /** It had work and showed no progress. */
  | 'stuck'
  | 'start_failed'
  | 'start_timeout'
  /** An earlier actor went down and took it along (rest_for_one). */
  | 'sibling';

export interface ActorObserver {
  /** A thread went down and a successor will be started. */
  onRestart(actor: string, reason: DownReason): void;
  /** From the ask until the handler began: queued here, under way, and queued in the thread. */
  onWait(actor: string, lane: Lane, seconds: number): void;
  /** From the handler's begin to its end, without the urgent tasks that were served in between. */
  onWork(actor: string, task: string, seconds: number): void;
  /** Asks that wait for a credit. Told at each change, but not for an ask that is sent at once. */
  onDepth(actor: string, lane: Lane, depth: number): void;
  onCounts(actor: string, deltas: readonly MetricDelta[]): void;
}

/** For tests, and for who does not measure. */
export const silentObserver: ActorObserver = {
  onRestart: () => undefined,
  onWait: () => undefined,
  onWork: () => undefined,
  onDepth: () => undefined,
  onCounts: () => undefined,
};
