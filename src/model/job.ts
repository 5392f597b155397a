// A job: long work that the engine does by itself, that survives a restart, and that an operator can watch and stop.

import type { Fault } from '../base/errors.ts';

export const jobStates = ['queued', 'started', 'finished', 'failed', 'stopped'] as const;
export type JobState = (typeof jobStates)[number];
export const jobPriorities = ['high', 'normal', 'low'] as const;
export type JobPriority = (typeof jobPriorities)[number];

/** What a job is asked to do; kept with it, so that a restarted engine knows. */
export interface JobTask {
  readonly type: 'sync';
  readonly source: string;
  /** `incremental`: from the checkpoint on (everything when there is none). `full`: reads everything again, then removes what the source has no more. `reconcile`: compares ids only and removes what is gone. */
  readonly mode: SyncMode;
}

export const syncModes = ['incremental', 'full', 'reconcile'] as const;
export type SyncMode = (typeof syncModes)[number];

export interface JobProgress {
  /** Changes read from the source: `unchanged + indexed + deleted + rejected` once all of them are done. */
  readonly read: number;
  readonly unchanged: number;
  readonly indexed: number;
  readonly deleted: number;
  /** Each of them is in the dead letters. */
  readonly rejected: number;
  /** Records there are to read, where the source can tell. */
  readonly total: number | null;
  /** Changes a second over the last half minute. */
  readonly ratePerSecond: number;
  /** Milliseconds to the end at that rate; null when nobody can tell. */
  readonly etaMs: number | null;
}

/** What the planner chose for a job, and why, in one sentence. */
export interface JobPlan {
  /** `direct`: up to 5,000 records, `pooled`: up to 10,000, `bulk`: above, or unknown. */
  readonly profile: 'direct' | 'pooled' | 'bulk';
  readonly batchDocuments: number;
  readonly batchesInFlight: number;
  readonly reason: string;
}

export interface Job {
  /** Sorts by time of creation. */
  readonly id: string;
  readonly task: JobTask;
  readonly state: JobState;
  readonly priority: JobPriority;
  readonly createdTimeMs: number;
  readonly startedTimeMs: number | null;
  readonly endedTimeMs: number | null;
  readonly progress: JobProgress;
  readonly plan: JobPlan | null;
  /** Why it failed, or what holds it up at the moment. */
  readonly fault: Fault | null;
  /** How often an engine took it up; 2 and more after crashes and restarts. */
  readonly attempts: number;
}
