// How one actor is to be started, bounded, watched and stopped.

import type { ResourceLimits } from 'node:worker_threads';
import type { Lane } from './actor.ts';

export interface ChildSpec {
  readonly name: string;
  /** A file that calls runActor (see threadUrl). */
  readonly entry: URL;
  /** Given to the actor's factory; structured-cloneable. */
  readonly init: unknown;
  /** `permanent`: always restarted. `transient`: only after a failure. `temporary`: never. */
  readonly restart: 'permanent' | 'transient' | 'temporary';
  /** How long a polite stop may take before the thread is ended by force. */
  readonly shutdownTimeoutMs: number;
  /** Tasks of each lane that may be in the thread's hands at once. */
  readonly credits: Readonly<Record<Lane, number>>;
  /** Asks of each lane that may wait for a credit; one more is refused with `resource_exhausted`. */
  readonly mailboxMax: number;
  /**
   * A thread that has work and shows no progress for so long is stuck. That a handler awaits something is no progress
   * either: one that waits long for the outside calls context.progress() at each sign of life.
   */
  readonly stuckAfterMs: number;
  /**
   * How to end it by force. `exit_process` is for a thread with native code where `terminate()` aborts the process
   * anyway: the reason is logged first, and the process ends.
   */
  readonly onStuck: 'terminate' | 'exit_process';
  /** Null: as long as it shows progress. */
  readonly startTimeoutMs: number | null;
  /** The next actor need not wait until this one has started: shards replay their logs side by side. Default false. */
  readonly isStartConcurrent?: boolean;
  readonly resourceLimits?: ResourceLimits;
}
