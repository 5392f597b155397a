// Jobs and sources as commands show them: JSON for scripts, tables and lines for people.

import Table from 'cli-table3';
import type { Job__Output } from '../grpc/generated/kms/v1/Job.ts';
import type { Source__Output } from '../grpc/generated/kms/v1/Source.ts';
import { safeLine } from './safe-text.ts';
import { errorJson, isoTimeOrNull, plainWord, secondsOf } from './wire-forms.ts';

const plainStyle = { head: [], border: [] };

export interface JobCounts {
  readonly read: number;
  readonly unchanged: number;
  readonly indexed: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly total: number | null;
  readonly ratePerSecond: number;
  readonly etaSeconds: number | null;
}

export function countsOf({ progress }: Job__Output): JobCounts {
  return {
    read: Number(progress?.read ?? 0),
    unchanged: Number(progress?.unchanged ?? 0),
    indexed: Number(progress?.indexed ?? 0),
    deleted: Number(progress?.deleted ?? 0),
    rejected: Number(progress?.rejected ?? 0),
    total: progress?.total === undefined ? null : Number(progress.total),
    ratePerSecond: progress?.ratePerSecond ?? 0,
    etaSeconds: secondsOf(progress?.eta ?? null),
  };
}

/** queued, started, finished, failed or stopped. */
export function stateOf(job: Job__Output): string {
  return plainWord(job.state, 'JOB_STATE_');
}

export function hasEnded(job: Job__Output): boolean {
  return ['finished', 'failed', 'stopped'].includes(stateOf(job));
}

/** `incremental sync of cases`. */
export function taskText({ sync }: Job__Output): string {
  if (sync) return `${plainWord(sync.mode, 'SYNC_MODE_')} sync of ${safeLine(sync.source)}`;
  return 'task of another version';
}

/** `40 read: 30 indexed, 10 unchanged, 0 deleted, 0 rejected`. */
export function countsText({ read, indexed, unchanged, deleted, rejected }: JobCounts): string {
  return `${read} read: ${indexed} indexed, ${unchanged} unchanged, ${deleted} deleted, ${rejected} rejected`;
}

export function jobJson(job: Job__Output): object {
  const { sync, plan } = job;
  const { ratePerSecond, etaSeconds, ...counts } = countsOf(job);
  return {
    id: job.id,
    ...(sync ? { sync: { source: sync.source, mode: plainWord(sync.mode, 'SYNC_MODE_') } } : {}),
    state: stateOf(job),
    priority: plainWord(job.priority, 'JOB_PRIORITY_'),
    create_time: isoTimeOrNull(job.createTime),
    start_time: isoTimeOrNull(job.startTime),
    end_time: isoTimeOrNull(job.endTime),
    progress: { ...counts, rate_per_second: ratePerSecond, eta_seconds: etaSeconds },
    plan:
      plan === null
        ? null
        : {
            profile: plainWord(plan.profile, 'JOB_PROFILE_'),
            batch_documents: plan.batchDocuments,
            batches_in_flight: plan.batchesInFlight,
            reason: plan.reason,
          },
    fault: errorJson(job.fault),
    attempts: job.attempts,
  };
}

export function jobsTable(jobs: readonly Job__Output[]): string {
  const table = new Table({
    head: ['job', 'task', 'state', 'priority', 'read', 'indexed', 'rejected', 'created'],
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'left'],
    style: plainStyle,
  });
  for (const job of jobs) {
    const { read, total, indexed, rejected } = countsOf(job);
    table.push([
      safeLine(job.id),
      taskText(job),
      stateOf(job),
      plainWord(job.priority, 'JOB_PRIORITY_'),
      total === null ? `${read}` : `${read} of ${total}`,
      indexed,
      rejected,
      isoTimeOrNull(job.createTime) ?? '-',
    ]);
  }
  return table.toString();
}

/** One job with all that is known, `name: value` a line. */
export function jobText(job: Job__Output): string {
  const { plan, fault } = job;
  const counts = countsOf(job);
  const rows: readonly (readonly [string, string | null])[] = [
    ['job', job.id],
    ['task', taskText(job)],
    ['state', stateOf(job)],
    ['priority', plainWord(job.priority, 'JOB_PRIORITY_')],
    ['created', isoTimeOrNull(job.createTime)],
    ['started', isoTimeOrNull(job.startTime)],
    ['ended', isoTimeOrNull(job.endTime)],
    ['progress', countsText(counts)],
    ['total', counts.total === null ? null : `${counts.total}`],
    ['rate', hasEnded(job) ? null : `${counts.ratePerSecond.toFixed(1)}/s`],
    ['left', counts.etaSeconds === null || hasEnded(job) ? null : `${Math.ceil(counts.etaSeconds)} s`],
    [
      'plan',
      plan === null
        ? null
        : `${plainWord(plan.profile, 'JOB_PROFILE_')}, ${plan.batchesInFlight} batches of ${plan.batchDocuments} documents`,
    ],
    ['because', plan?.reason ?? null],
    ['fault', fault === null ? null : `${fault.reason}: ${fault.message}`],
    ['attempts', `${job.attempts}`],
  ];
  const lines = rows.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${safeLine(value)}\n`]));
  return lines.join('');
}

export function sourceJson(source: Source__Output): object {
  return {
    name: source.name,
    kind: source.kind,
    interval_seconds: secondsOf(source.interval),
    last_job_id: source.lastJobId,
    synced_time: isoTimeOrNull(source.syncedTime),
    next_time: isoTimeOrNull(source.nextTime),
  };
}

export function sourcesTable(sources: readonly Source__Output[]): string {
  const table = new Table({
    head: ['source', 'kind', 'every', 'synced', 'next', 'last job'],
    style: plainStyle,
  });
  for (const source of sources) {
    const seconds = secondsOf(source.interval);
    table.push([
      safeLine(source.name),
      safeLine(source.kind),
      seconds === null ? 'when asked' : `${seconds} s`,
      isoTimeOrNull(source.syncedTime) ?? 'never',
      isoTimeOrNull(source.nextTime) ?? '-',
      safeLine(source.lastJobId) || '-',
    ]);
  }
  return table.toString();
}
