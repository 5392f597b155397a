// An actor as an operator sees it.

export type ActorState = 'starting' | 'running' | 'backing_off' | 'draining' | 'stopped';

export interface ActorStatus {
  readonly name: string;
  readonly state: ActorState;
  /** Successors started since the process began. */
  readonly restarts: number;
  /** Why the newest failed thread went down; empty when none did. */
  readonly lastFault: string;
  /** Asks that wait here or are in the thread's hands. */
  readonly mailboxDepth: number;
  /** As last reported by the thread; 0 before its first report. */
  readonly heapBytes: number;
  readonly eventLoopLagMs: number;
}
