// Jobs and sources to the wire, and what is asked about them into the model.

import type { Job, JobProgress, JobTask, SyncMode as Mode, JobPriority as Priority } from '../model/job.ts';
import { jobPriorities, jobStates, type JobState as State, syncModes } from '../model/job.ts';
import { limits } from '../model/limits.ts';
import type { SourceStatus } from '../pipeline/engine-api.ts';
import type { Job as WireJob } from './generated/kms/v1/Job.ts';
import type { JobPriority } from './generated/kms/v1/JobPriority.ts';
import type { JobProfile } from './generated/kms/v1/JobProfile.ts';
import type { JobProgress as WireJobProgress } from './generated/kms/v1/JobProgress.ts';
import type { JobState } from './generated/kms/v1/JobState.ts';
import type { ListJobsRequest__Output } from './generated/kms/v1/ListJobsRequest.ts';
import type { Source } from './generated/kms/v1/Source.ts';
import type { StartSyncRequest__Output } from './generated/kms/v1/StartSyncRequest.ts';
import type { SyncMode } from './generated/kms/v1/SyncMode.ts';
import type { InputFaults } from './input-faults.ts';
import { toOperatorError } from './status.ts';
import { timeToWire } from './wire-answer.ts';
import { checkBytes, checkEngineId, enumFromWire } from './wire-checks.ts';
import { durationToWire } from './wire-status.ts';

/** Room for the fields of fixed size, and for a fault at its bounds (status.ts). */
const jobBytes = 8 * 1024;

const wireStates: Readonly<Record<State, JobState>> = {
  queued: 'JOB_STATE_QUEUED',
  started: 'JOB_STATE_STARTED',
  finished: 'JOB_STATE_FINISHED',
  failed: 'JOB_STATE_FAILED',
  stopped: 'JOB_STATE_STOPPED',
};

const wirePriorities: Readonly<Record<Priority, JobPriority>> = {
  high: 'JOB_PRIORITY_HIGH',
  normal: 'JOB_PRIORITY_NORMAL',
  low: 'JOB_PRIORITY_LOW',
};

const wireModes: Readonly<Record<Mode, SyncMode>> = {
  incremental: 'SYNC_MODE_INCREMENTAL',
  full: 'SYNC_MODE_FULL',
  reconcile: 'SYNC_MODE_RECONCILE',
};

const wireProfiles: Readonly<Record<NonNullable<Job['plan']>['profile'], JobProfile>> = {
  direct: 'JOB_PROFILE_DIRECT',
  pooled: 'JOB_PROFILE_POOLED',
  bulk: 'JOB_PROFILE_BULK',
};

export function jobToWire(job: Job): WireJob {
  const { plan, fault } = job;
  return {
    id: job.id,
    ...taskToWire(job.task),
    state: wireStates[job.state],
    priority: wirePriorities[job.priority],
    createTime: timeToWire(job.createdTimeMs),
    startTime: timeOrNull(job.startedTimeMs),
    endTime: timeOrNull(job.endedTimeMs),
    progress: progressToWire(job.progress),
    plan: plan === null ? null : { ...plan, profile: wireProfiles[plan.profile] },
    fault: fault === null ? null : toOperatorError(fault),
    attempts: job.attempts,
  };
}

function taskToWire(task: JobTask): Pick<WireJob, 'sync'> {
  return { sync: { source: task.source, mode: wireModes[task.mode] } };
}

function progressToWire({ etaMs, total, ...counts }: JobProgress): WireJobProgress {
  return {
    ...counts,
    eta: etaMs === null ? null : durationToWire(etaMs),
    ...(total === null ? {} : { total }),
  };
}

export function sourceToWire(source: SourceStatus): Source {
  const { name, kind, everyMs, lastJobId, syncedTimeMs, nextTimeMs } = source;
  return {
    name,
    kind,
    interval: everyMs === null ? null : durationToWire(everyMs),
    lastJobId,
    syncedTime: timeOrNull(syncedTimeMs),
    nextTime: timeOrNull(nextTimeMs),
  };
}

function timeOrNull(timeMs: number | null) {
  return timeMs === null ? null : timeToWire(timeMs);
}

/** About what a job takes on the wire; rather more than less. */
export function jobBytesOf(job: Job): number {
  const { task, plan } = job;
  return jobBytes + Buffer.byteLength(task.source) + Buffer.byteLength(plan?.reason ?? '');
}

/** A sync, of use only when no fault was added. */
export function startSyncFromWire(wire: StartSyncRequest__Output, faults: InputFaults) {
  const { source } = wire;
  if (source === '') faults.add('source', 'is empty: the name of a source, as ListSources gives it');
  checkBytes(source, limits.sourceNameBytesMax, 'source', faults);
  const modes = { prefix: 'SYNC_MODE_', words: syncModes, otherwise: 'incremental' } as const;
  const priorities = { prefix: 'JOB_PRIORITY_', words: jobPriorities, otherwise: 'normal' } as const;
  return {
    source,
    mode: enumFromWire<Mode>(wire.mode, modes, 'mode', faults) ?? 'incremental',
    priority: enumFromWire<Priority>(wire.priority, priorities, 'priority', faults) ?? 'normal',
  };
}

/** What ListJobs selects by; the states once each and in order, so that equal filters are equal texts. */
export function jobFilterFromWire(wire: ListJobsRequest__Output, faults: InputFaults) {
  checkBytes(wire.source, limits.sourceNameBytesMax, 'source', faults);
  const wanted = { prefix: 'JOB_STATE_', words: jobStates };
  // An honest client has no use for more entries than there are states; each wrong one would be a violation.
  const given = wire.states.slice(0, jobStates.length);
  if (given.length < wire.states.length)
    faults.add('states', `has ${wire.states.length} states: at most ${jobStates.length}`);
  const states = given.map((state, index) => enumFromWire<State>(state, wanted, `states[${index}]`, faults));
  return { states: jobStates.filter((state) => states.includes(state)), source: wire.source };
}

export function jobIdFromWire(wire: { readonly jobId: string }, faults: InputFaults): string {
  checkEngineId(wire.jobId, 'job_id', faults);
  return wire.jobId;
}
