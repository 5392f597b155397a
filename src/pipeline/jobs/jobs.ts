// The jobs of the engine: which wait, which run, and what happens to them when the engine starts and stops.

import { KmsError } from '../../base/errors.ts';
import type { Job, JobPriority, JobState, SyncMode } from '../../model/job.ts';
import { jobPriorities } from '../../model/job.ts';
import type { SyncSource } from '../../sources/sync-source.ts';
import type { JobPage, JobsApi, SourceStatus } from '../engine-api.ts';
import { within } from './abortable.ts';
import { FairSlots } from './fair-slots.ts';
import { isEnded, JobBook } from './job-book.ts';
import { batchSlots } from './job-plan.ts';
import { JobQueue } from './job-queue.ts';
import { type JobParts, SyncJob } from './sync-job.ts';
import { SyncTimer } from './sync-timer.ts';

export interface JobsOptions extends JobParts {
  readonly sources: readonly SyncSource[];
}

interface Running {
  readonly work: SyncJob;
  readonly ended: Promise<void>;
}

type SyncRequest = Parameters<JobsApi['startSync']>[0];

/** Watching holds nothing that must last. */
const unwatchMsMax = 2_000;
const nothingYet = { read: 0, unchanged: 0, indexed: 0, deleted: 0, rejected: 0 } as const;

export class Jobs implements JobsApi {
  readonly #options: JobsOptions;
  readonly #book: JobBook;
  readonly #queue = new JobQueue();
  readonly #slots: FairSlots;
  readonly #sources: ReadonlyMap<string, SyncSource>;
  readonly #timers = new Map<string, SyncTimer>();
  readonly #running = new Map<string, Running>();
  readonly #closing = new AbortController();
  #isOpen = false;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#book = new JobBook(options);
    this.#slots = new FairSlots(batchSlots(options.machine));
    this.#sources = new Map(options.sources.map((source) => [source.name, source]));
  }

  /** When the line is ready: takes up what was under way, then what waited, and syncs what is due. */
  start(): void {
    this.#isOpen = true;
    for (const job of this.#book.inState('started')) this.#takeUp(job);
    this.#startQueued();
    for (const source of this.#options.sources) this.#startTimer(source);
  }

  /**
   * Nothing new starts, and running jobs settle what they have in flight, until `giveUp` aborts; they stay STARTED. What
   * watches is told at once.
   */
  async drain(giveUp: AbortSignal): Promise<void> {
    this.#isOpen = false;
    this.#closing.abort(
      new KmsError('unavailable', 'the engine stops; the job goes on when it starts again'),
    );
    for (const { work } of this.#running.values()) work.interrupt(giveUp);
    const stopped = Promise.allSettled([...this.#timers.values()].map((timer) => timer.stop()));
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await within(stopped, unwatchMsMax, this.#options.clock).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'a source does not stop watching');
    });
  }

  async startSync(request: SyncRequest): Promise<Job> {
    this.#checkOpen();
    const { source, mode, priority } = request;
    if (!this.#sources.has(source)) {
      const message = `there is no source ${JSON.stringify(source)}: name one of the sources file`;
      throw new KmsError('not_found', message, { facts: { resource: 'source', source } });
    }
    const running = this.#jobsOf(source, 'started')[0];
    if (running !== undefined) {
      const message = `source ${source} is being synced already: wait for the job, or cancel it`;
      throw new KmsError('failed_precondition', message, { facts: { jobId: running.id, source } });
    }
    const waiting = this.#jobsOf(source, 'queued').find((job) => job.task.mode === mode);
    const job = waiting === undefined ? this.#newJob(source, mode, priority) : raised(waiting, priority);
    await this.#enqueue(job);
    return this.#book.get(job.id);
  }

  /** Jobs that are remembered, by state. */
  counts(): Readonly<Record<JobState, number>> {
    return this.#book.counts();
  }

  get(id: string): Job {
    this.#checkOpen();
    return this.#book.get(id);
  }

  list(page: JobPage): readonly Job[] {
    this.#checkOpen();
    return this.#book.list(page);
  }

  async cancel(id: string): Promise<Job> {
    this.#checkOpen();
    const job = this.#book.get(id);
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.work.cancel();
      await running.ended;
    } else if (!isEnded(job)) {
      const stopped: Job = { ...job, state: 'stopped', endedTimeMs: this.#options.clock.epochMs() };
      this.#book.show(stopped);
      await this.#book.write({ job: stopped, checkpoint: null });
      // Its source was waiting for it; the next sync is due as after any other end.
      this.#timers.get(job.task.source)?.noteEnd();
    }
    return this.#book.get(id);
  }

  watch(id: string, signal: AbortSignal): AsyncIterable<Job> {
    this.#checkOpen();
    this.#book.get(id);
    return this.#book.watch(id, signal, this.#closing.signal);
  }

  sources(): readonly SourceStatus[] {
    this.#checkOpen();
    return this.#options.sources.map(({ name, kind, everyMs }) => {
      const { lastJobId, syncedTimeMs } = this.#options.store.source(name);
      const nextTimeMs = this.#timers.get(name)?.nextTimeMs ?? null;
      return { name, kind, everyMs, lastJobId, syncedTimeMs, nextTimeMs };
    });
  }

  #newJob(source: string, mode: SyncMode, priority: JobPriority): Job {
    return {
      id: this.#book.newId(),
      task: { type: 'sync', source, mode },
      state: 'queued',
      priority,
      createdTimeMs: this.#options.clock.epochMs(),
      startedTimeMs: null,
      endedTimeMs: null,
      progress: { ...nothingYet, total: null, ratePerSecond: 0, etaMs: null },
      plan: null,
      fault: null,
      attempts: 0,
    };
  }

  /** On disk first: a job that starts is one that a restart would find. */
  async #enqueue(job: Job): Promise<void> {
    // Shown at once, so that a second request joins it while the first one is still being written.
    this.#book.show(job);
    try {
      await this.#book.write({ job, checkpoint: null });
    } catch (error) {
      // Not on disk, and yet it was shown: better to run it now than to have it stand in the way of the next ones.
      this.#startQueued();
      throw error;
    }
    this.#startQueued();
  }

  #startQueued(): void {
    if (!this.#isOpen) return;
    for (;;) {
      const running = [...this.#running.keys()].map((id) => this.#book.get(id));
      const job = this.#queue.next(this.#book.inState('queued'), running);
      if (job === null) return;
      this.#takeUp(job);
    }
  }

  #takeUp(job: Job): void {
    const source = this.#sources.get(job.task.source);
    if (source === undefined) {
      this.#fail(job);
      return;
    }
    const shared = { ...this.#options, book: this.#book, slots: this.#slots };
    const work = new SyncJob({ ...shared, job, source });
    const ended = work.run().finally(() => {
      this.#running.delete(job.id);
      this.#timers.get(source.name)?.noteEnd();
      this.#startQueued();
    });
    this.#running.set(job.id, { work, ended });
  }

  /** Its source has gone from the settings. */
  #fail(job: Job): void {
    const fault = {
      code: 'not_found',
      message: 'the source of this job is in the sources file no more',
      violations: [],
      facts: {},
    } as const;
    const failed: Job = { ...job, state: 'failed', fault, endedTimeMs: this.#options.clock.epochMs() };
    this.#book.show(failed);
    this.#options.log.warn({ job: job.id, reason: fault.message }, 'job failed');
    this.#book.write({ job: failed, checkpoint: null }).catch((error: unknown) => {
      this.#options.log.error({ job: job.id, err: error }, 'job cannot be brought to its end');
    });
  }

  #startTimer(source: SyncSource): void {
    const { clock, log, store } = this.#options;
    const { syncedTimeMs } = store.source(source.name);
    const sync = () => this.#syncByItself(source.name);
    const timer = new SyncTimer({ source, clock, log, syncedTimeMs, sync });
    this.#timers.set(source.name, timer);
    timer.start();
  }

  /** False: a sync of the source is running, and may have missed what this one is for. */
  #syncByItself(source: string): boolean {
    if (!this.#isOpen || this.#jobsOf(source, 'started').length > 0) return false;
    if (this.#jobsOf(source, 'queued').some((job) => job.task.mode === 'incremental')) return true;
    this.#enqueue(this.#newJob(source, 'incremental', 'normal')).catch((error: unknown) => {
      this.#options.log.error({ source, err: error }, 'sync cannot be queued');
    });
    return true;
  }

  #jobsOf(source: string, state: 'queued' | 'started'): readonly Job[] {
    return this.#book.inState(state).filter((job) => job.task.source === source);
  }

  #checkOpen(): void {
    if (this.#isOpen) return;
    const message = this.#closing.signal.aborted
      ? 'the engine is stopping'
      : 'the engine is starting, and takes up its jobs when it is ready';
    throw new KmsError('unavailable', message);
  }
}

/** A job that is asked for twice has the higher of the two priorities. */
function raised(job: Job, priority: JobPriority): Job {
  const isHigher = jobPriorities.indexOf(priority) < jobPriorities.indexOf(job.priority);
  return isHigher ? { ...job, priority } : job;
}
