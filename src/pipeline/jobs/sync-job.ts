// The life of one sync job in this engine: taken up, run, and brought to its end, with every step on disk before the
// next one counts on it.

import type { Clock } from '../../base/clock.ts';
import { type Fault, KmsError, toFault } from '../../base/errors.ts';
import type { Job, JobPlan, JobProgress } from '../../model/job.ts';
import type { Log } from '../../observability/logger.ts';
import type { SourceCheckpoint, SyncSource } from '../../sources/sync-source.ts';
import type { JobStore } from '../../storage/job-store.ts';
import type { SourceIdStore } from '../../storage/source-id-store.ts';
import type { DeadLetters } from '../dead-letters/dead-letters.ts';
import type { KeyTurns } from '../key-turns.ts';
import { within } from './abortable.ts';
import { added, type Counts, type Reached } from './batch-window.ts';
import { BatchWork, type IngestLine } from './batch-work.ts';
import type { FairSlots } from './fair-slots.ts';
import type { JobBook } from './job-book.ts';
import { type Machine, planJob } from './job-plan.ts';
import { ProgressMeter } from './progress-meter.ts';
import { type RunReport, SyncRun, type SyncRunOptions } from './sync-run.ts';

/** What all jobs share. */
export interface JobParts {
  readonly store: JobStore;
  readonly sourceIds: SourceIdStore;
  readonly deadLetters: DeadLetters;
  readonly line: IngestLine;
  /** Shared with the dead letters. */
  readonly turns: KeyTurns;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Documents of jobs by what became of them. */
  readonly onDocuments: (source: string, outcome: keyof Omit<Counts, 'read'>, count: number) => void;
}

export interface SyncJobOptions extends JobParts {
  readonly job: SyncRunOptions['job'];
  readonly source: SyncSource;
  readonly book: JobBook;
  readonly slots: FairSlots;
}

/** While it runs, rate and remaining time are brought up to date this often. */
const publishEveryMs = 1_000;
/** The next checkpoint confirms this one as well. */
const confirmMsMax = 10_000;

export class SyncJob implements RunReport {
  readonly #options: SyncJobOptions;
  /** Aborted: nothing more is read, and nothing is tried again. */
  readonly #reading = new AbortController();
  /** Aborted: calls under way are given up. */
  readonly #working = new AbortController();
  #job: SyncJobOptions['job'];
  /** What was done at the last checkpoint on disk, and how far that is. */
  #durable: Counts;
  #checkpoint: SourceCheckpoint | null;
  /** What was done when the source began to be read, this time. */
  #base: Counts;
  #meter: ProgressMeter;
  #isCancelled = false;
  #isInterrupted = false;

  constructor(options: SyncJobOptions) {
    this.#options = options;
    const { job, store, source, clock } = options;
    this.#durable = job.progress;
    this.#base = job.progress;
    this.#meter = new ProgressMeter(clock, doneOf(job.progress));
    this.#checkpoint = store.checkpointOf(job.id) ?? store.source(source.name).checkpoint;
    this.#job = {
      ...job,
      state: 'started',
      startedTimeMs: job.startedTimeMs ?? clock.epochMs(),
      attempts: job.attempts + 1,
    };
    options.book.show(this.#job);
  }

  /** As soon as it can: what is under way is given up, and done again by the next sync. */
  cancel(): void {
    this.#isCancelled = true;
    const reason = new KmsError('cancelled', 'the job was cancelled', { facts: { jobId: this.#job.id } });
    this.#reading.abort(reason);
    this.#working.abort(reason);
  }

  /** The engine stops: what is under way is finished until `giveUp` aborts; the next start goes on. */
  interrupt(giveUp: AbortSignal): void {
    this.#isInterrupted = true;
    this.#reading.abort(new KmsError('cancelled', 'the engine stops'));
    const stop = () => this.#working.abort(giveUp.reason);
    if (giveUp.aborted) stop();
    else giveUp.addEventListener('abort', stop, { once: true });
  }

  /** Resolves when the job has ended, or was interrupted. Never rejects. */
  async run(): Promise<void> {
    const { log, clock, source } = this.#options;
    const { id, task, priority, attempts } = this.#job;
    const fields = { job: id, source: source.name, mode: task.mode, priority, attempts };
    log.info({ ...fields, isResumed: attempts > 1 }, 'job started');
    const startMs = clock.nowMs();
    const publishing = this.#publishRegularly();
    try {
      await this.#end(await this.#runToEnd());
    } catch (error) {
      // The state cannot be written: it stands as it was, and the next start takes the job up from there.
      log.error({ ...fields, err: error }, 'job cannot be brought to its end');
      this.#change({ state: 'failed', fault: faultOf(error), endedTimeMs: clock.epochMs() });
    } finally {
      publishing.stop();
    }
    const { state, progress, fault } = this.#job;
    const { total: _total, ratePerSecond: _rate, etaMs: _eta, ...counts } = progress;
    const seconds = Math.round(clock.nowMs() - startMs) / 1_000;
    const ended = { ...fields, state, seconds, ...counts };
    if (state === 'failed') log.warn({ ...ended, code: fault?.code, reason: fault?.message }, 'job failed');
    else log.info(ended, this.#isInterrupted && state === 'started' ? 'job interrupted' : 'job ended');
  }

  planned(plan: JobPlan, recordCount: number | null): void {
    const { log } = this.#options;
    log.info({ job: this.#job.id, profile: plan.profile, reason: plan.reason }, 'job planned');
    const total = recordCount === null ? null : this.#base.read + recordCount;
    this.#change({ plan, progress: { ...this.#job.progress, total } });
  }

  batchDone(counts: Counts): void {
    const { onDocuments, source } = this.#options;
    for (const outcome of ['unchanged', 'indexed', 'deleted', 'rejected'] as const)
      if (counts[outcome] > 0) onDocuments(source.name, outcome, counts[outcome]);
    this.#publish(added(this.#job.progress, counts));
  }

  async reached({ checkpoint, counts }: Reached): Promise<void> {
    const { book, source, store } = this.#options;
    const durable = added(this.#base, counts);
    const job = { ...this.#job, progress: { ...this.#job.progress, ...durable } };
    if (this.#isOfSource) {
      const row = { ...store.source(source.name), checkpoint };
      await book.write({ job, checkpoint: null }, { name: source.name, row });
      await this.#confirm(checkpoint);
    } else await book.write({ job, checkpoint });
    this.#durable = durable;
    this.#checkpoint = checkpoint;
  }

  rewound(): void {
    this.#base = this.#durable;
    this.#meter = new ProgressMeter(this.#options.clock, doneOf(this.#base));
    this.#publish(this.#base);
  }

  held(fault: Fault | null): void {
    if (fault === null && this.#job.fault === null) return;
    if (fault !== null && fault.message !== this.#job.fault?.message)
      this.#options.log.warn(
        { job: this.#job.id, code: fault.code, reason: fault.message },
        'job is held up',
      );
    this.#change({ fault: fault === null ? null : withoutStack(fault) });
  }

  async #runToEnd(): Promise<Partial<Job>> {
    const { book, clock, source } = this.#options;
    try {
      // The source's own checkpoint stays where it is until there is a new one.
      await book.write({ job: this.#job, checkpoint: this.#isOfSource ? null : this.#checkpoint });
      await new SyncRun({
        ...this.#options,
        job: this.#job,
        source,
        from: this.#checkpoint,
        plan: (recordCount) => planJob(recordCount, this.#options.machine),
        batches: (waiting) => this.#batches(waiting),
        reading: this.#reading.signal,
        report: this,
      }).run();
      return { state: 'finished', fault: null, endedTimeMs: clock.epochMs() };
    } catch (error) {
      if (this.#isCancelled) return { state: 'stopped', fault: null, endedTimeMs: clock.epochMs() };
      // Stays STARTED.
      if (this.#isInterrupted) return { fault: null };
      return { state: 'failed', fault: faultOf(error), endedTimeMs: clock.epochMs() };
    }
  }

  async #end(end: Partial<Job>): Promise<void> {
    const { book, store, source, clock } = this.#options;
    const isWhole = end.state === 'finished';
    // What lies behind the last checkpoint is done again, and counted then.
    const counts = end.state === undefined ? this.#durable : this.#job.progress;
    const progress: JobProgress = {
      ...this.#job.progress,
      ...countsOf(counts),
      ratePerSecond: 0,
      etaMs: null,
    };
    const job = { ...this.#job, ...end, progress };
    const known = store.source(source.name);
    // A full read that is whole replaces how far the source had been read; one that is not leaves it.
    const checkpoint = isWhole ? (this.#checkpoint ?? known.checkpoint) : known.checkpoint;
    // A reconcile looks at ids only.
    const isRead = isWhole && this.#job.task.mode !== 'reconcile';
    const syncedTimeMs = isRead ? clock.epochMs() : known.syncedTimeMs;
    const row = { checkpoint, syncedTimeMs, lastJobId: job.id };
    await book.write(
      { job, checkpoint: end.state === undefined && !this.#isOfSource ? this.#checkpoint : null },
      { name: source.name, row },
    );
    this.#change({ ...end, progress });
    if (isWhole && !this.#isOfSource && checkpoint !== null) await this.#confirm(checkpoint);
  }

  /** Whether the job goes on from the source's own checkpoint and moves it. */
  get #isOfSource(): boolean {
    return this.#options.job.task.mode === 'incremental';
  }

  async #confirm(checkpoint: SourceCheckpoint): Promise<void> {
    const { source, log, clock } = this.#options;
    try {
      await within(source.confirm(checkpoint), confirmMsMax, clock);
    } catch (error) {
      // It is on disk here; what the source keeps for us until it knows costs room there, and nothing else.
      log.warn({ source: source.name, err: error }, 'checkpoint could not be confirmed at the source');
    }
  }

  #batches(waiting: AbortSignal): BatchWork {
    const working = this.#working.signal;
    return new BatchWork({
      ...this.#options,
      source: this.#options.source.name,
      jobId: this.#job.id,
      waiting,
      working,
    });
  }

  #publishRegularly(): { stop(): void } {
    const { clock } = this.#options;
    const next = () => {
      this.#publish(this.#job.progress);
      timer = clock.setTimer(publishEveryMs, next);
    };
    let timer = clock.setTimer(publishEveryMs, next);
    return { stop: () => timer.cancel() };
  }

  #publish(counts: Counts): void {
    const { total } = this.#job.progress;
    const speed = this.#meter.read(doneOf(counts), total);
    this.#change({ progress: { ...countsOf(counts), total, ...speed } });
  }

  #change(change: Partial<Job>): void {
    this.#job = { ...this.#job, ...change, task: this.#job.task };
    this.#options.book.show(this.#job);
  }
}

function countsOf({ read, unchanged, indexed, deleted, rejected }: Counts): Counts {
  return { read, unchanged, indexed, deleted, rejected };
}

function doneOf({ unchanged, indexed, deleted, rejected }: Counts): number {
  return unchanged + indexed + deleted + rejected;
}

function faultOf(error: unknown): Fault {
  return withoutStack(toFault(error));
}

function withoutStack({ code, message, violations, facts }: Fault): Fault {
  return { code, message, violations, facts };
}
