// All jobs, in memory as they are now and on disk as they would go on after a crash; and who watches them.

import { type Clock, sleep } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';
import type { Job, JobState } from '../../model/job.ts';
import type { JobRow, JobStore, SourceRow } from '../../storage/job-store.ts';
import type { JobPage } from '../engine-api.ts';
import { SortableIds } from '../sortable-ids.ts';
import { unlessAborted } from './abortable.ts';

export interface JobBookOptions {
  readonly store: JobStore;
  readonly clock: Clock;
  /** Ended jobs that are remembered; the oldest are forgotten first. */
  readonly endedMax?: number;
}

const endedMaxDefault = 1_000;
/** A person reads no faster, and a slow reader gets the newest state instead of a backlog. */
const watchEveryMs = 250;

export class JobBook {
  readonly #options: JobBookOptions;
  /** Oldest first: ids sort by time. */
  readonly #jobs = new Map<string, Job>();
  /** Resolved at the next change of a job; one a watched job, however many watch it. */
  readonly #changes = new Map<string, { promise: Promise<void>; resolve: () => void }>();
  readonly #ids: SortableIds;

  constructor(options: JobBookOptions) {
    this.#options = options;
    for (const { job } of options.store.rows()) this.#jobs.set(job.id, job);
    this.#ids = new SortableIds(options.clock, [...this.#jobs.keys()].at(-1) ?? null);
  }

  newId(): string {
    return this.#ids.next();
  }

  /** Throws `not_found`. */
  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new KmsError('not_found', 'there is no such job', { facts: { jobId: id } });
    return job;
  }

  /** Oldest first. */
  inState(state: JobState): readonly Job[] {
    return [...this.#jobs.values()].filter((job) => job.state === state);
  }

  counts(): Record<JobState, number> {
    const counts: Record<JobState, number> = { queued: 0, started: 0, finished: 0, failed: 0, stopped: 0 };
    for (const { state } of this.#jobs.values()) counts[state] += 1;
    return counts;
  }

  /** Newest first. */
  list({ states, source, beforeId, limit }: JobPage): readonly Job[] {
    const isWanted = (job: Job) =>
      (states.length === 0 || states.includes(job.state)) &&
      (source === '' || job.task.source === source) &&
      (beforeId === null || job.id < beforeId);
    return [...this.#jobs.values()].reverse().filter(isWanted).slice(0, limit);
  }

  /** Shows a change to whoever looks; it is on disk only with `write`. */
  show(job: Job): void {
    this.#jobs.set(job.id, job);
    this.#changes.get(job.id)?.resolve();
    this.#changes.delete(job.id);
  }

  /** Resolves when it is on disk. */
  async write(row: JobRow, source?: { readonly name: string; readonly row: SourceRow }): Promise<void> {
    const forgotten = this.#forgettable(row.job);
    await this.#options.store.write({ row, forgotten, ...(source === undefined ? {} : { source }) });
    for (const id of forgotten) {
      this.#jobs.delete(id);
      this.#changes.get(id)?.resolve();
      this.#changes.delete(id);
    }
  }

  /** See JobsApi.watch. Throws the reason of `closing`; ends quietly with `signal`. */
  async *watch(id: string, signal: AbortSignal, closing: AbortSignal): AsyncGenerator<Job> {
    const over = AbortSignal.any([signal, closing]);
    try {
      for (let shown: Job | null = null; ; ) {
        const change = this.#nextChange(id);
        const job = this.get(id);
        if (job !== shown) {
          yield job;
          if (isEnded(job)) return;
          shown = job;
          await sleep(this.#options.clock, watchEveryMs, over);
        } else await unlessAborted(change, over);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #nextChange(id: string): Promise<void> {
    const known = this.#changes.get(id);
    if (known !== undefined) return known.promise;
    let resolve = () => {};
    const promise = new Promise<void>((onValue) => {
      resolve = onValue;
    });
    this.#changes.set(id, { promise, resolve });
    return promise;
  }

  /** The oldest ended jobs that go when this one has ended. */
  #forgettable(job: Job): string[] {
    if (!isEnded(job)) return [];
    const ended = [...this.#jobs.values()].filter((other) => isEnded(other) && other.id !== job.id);
    const excess = ended.length + 1 - (this.#options.endedMax ?? endedMaxDefault);
    return excess <= 0 ? [] : ended.slice(0, excess).map(({ id }) => id);
  }
}

export function isEnded({ state }: Job): boolean {
  return state === 'finished' || state === 'failed' || state === 'stopped';
}
