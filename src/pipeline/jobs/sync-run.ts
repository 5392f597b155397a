// One run of a sync: reads a source from a checkpoint on, keeps some batches in flight, and reports how far everything
// is done. A run ends by itself, is stopped, or is interrupted by the engine's end; its batches are settled either way.

import { RestartBackoff } from '../../actor/restart-backoff.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { type Fault, KmsError, toFault } from '../../base/errors.ts';
import type { Job, JobPlan } from '../../model/job.ts';
import type { Log } from '../../observability/logger.ts';
import type { SourceBatch, SourceCheckpoint, SyncSource } from '../../sources/sync-source.ts';
import type { SourceIdStore } from '../../storage/source-id-store.ts';
import { abortable, unlessAborted } from './abortable.ts';
import { BatchWindow, type Counts, type Reached } from './batch-window.ts';
import type { BatchWork } from './batch-work.ts';
import type { FairSlots } from './fair-slots.ts';
import { isRetryable, retryBackoff } from './persistent-call.ts';

export interface SyncRunOptions {
  readonly job: Job & { readonly task: { readonly type: 'sync' } };
  readonly source: SyncSource;
  readonly from: SourceCheckpoint | null;
  readonly plan: (recordCount: number | null) => JobPlan;
  /** `waiting` is aborted when the batches are to give up what only waits. */
  readonly batches: (waiting: AbortSignal) => BatchWork;
  readonly slots: FairSlots;
  readonly sourceIds: SourceIdStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Aborted: nothing more is read. The reason tells why. */
  readonly reading: AbortSignal;
  readonly report: RunReport;
}

export interface RunReport {
  planned(plan: JobPlan, recordCount: number | null): void;
  /** A batch is durable: these came to what was done before. */
  batchDone(counts: Counts): void;
  /** Everything is durable up to here. Resolves when that is on disk. */
  reached(reached: Reached): Promise<void>;
  /** The source is read again from the last checkpoint; what was done behind it does not count. */
  rewound(): void;
  /** What holds the job up; null: nothing. */
  held(fault: Fault | null): void;
}

/** A source that cannot be reached this often in a row, some two minutes of trying, needs a person. */
const readAttemptsMax = 10;
/** A checkpoint costs an fsync and saves at most the work since the last one: four a second is plenty. */
const saveEveryMs = 250;
/** Batches behind the slowest one that may be done already; each keeps a checkpoint in memory. */
const windowBatchesMax = 64;

export class SyncRun {
  readonly #options: SyncRunOptions;
  /** Aborted when the run's own work has failed, or with `reading`. */
  readonly #stopReading = new AbortController();
  readonly #holds = new Map<object, Fault>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #batches: BatchWork;
  #from: SourceCheckpoint | null;
  #window = new BatchWindow();
  #saved: Reached | null = null;
  #lastSaveMs = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  constructor(options: SyncRunOptions) {
    this.#options = options;
    this.#from = options.from;
    this.#batches = options.batches(this.#stopReading.signal);
  }

  /** Resolves when the source has been read to its end and all of it is durable; the last checkpoint is reported. */
  async run(): Promise<void> {
    const { reading } = this.#options;
    const stop = () => this.#stopReading.abort(reading.reason);
    reading.addEventListener('abort', stop, { once: true });
    if (reading.aborted) stop();
    try {
      await this.#readPersistently();
    } finally {
      reading.removeEventListener('abort', stop);
    }
  }

  async #readPersistently(): Promise<void> {
    const { clock, random, reading } = this.#options;
    let backoff = new RestartBackoff(retryBackoff, random);
    for (let attempt = 1; ; attempt++) {
      const before = this.#from;
      try {
        await this.#readOnce();
        return;
      } catch (error) {
        // What has moved on is a new beginning.
        if (this.#from !== before) {
          attempt = 1;
          backoff = new RestartBackoff(retryBackoff, random);
        }
        if (reading.aborted || this.#failure !== null || !isRetryable(error)) throw error;
        if (attempt >= readAttemptsMax) throw givenUp(error, attempt);
        this.#hold(this, toFault(error));
        await sleep(clock, backoff.nextMs(), this.#stopReading.signal);
      }
    }
  }

  /** Reads from the last checkpoint to the end. Whatever happens, nothing is in flight when it settles. */
  async #readOnce(): Promise<void> {
    const { source, job, plan: makePlan, report } = this.#options;
    const { mode } = job.task;
    const signal = this.#stopReading.signal;
    this.#window = new BatchWindow();
    this.#saved = null;
    report.rewound();
    try {
      const recordCount = await unlessAborted(source.estimate(this.#from, mode), signal);
      const plan = makePlan(recordCount);
      report.planned(plan, recordCount);
      this.#hold(this, null);
      const storedIds = (collection: string) => this.#storedIds(collection);
      const options = { mode, signal, batchDocuments: plan.batchDocuments, storedIds };
      for await (const batch of abortable(source.read(this.#from, options), signal)) {
        await this.#admit(batch, plan);
      }
    } finally {
      await this.#settled();
      await this.#save();
      this.#from = this.#window.reached?.checkpoint ?? this.#from;
    }
    if (this.#failure !== null) throw this.#failure.error;
    signal.throwIfAborted();
  }

  /** Waits for the batch's turn, and lets it go. */
  async #admit(batch: SourceBatch, plan: JobPlan): Promise<void> {
    const { slots, job } = this.#options;
    const signal = this.#stopReading.signal;
    while (this.#inFlight.size >= plan.batchesInFlight || this.#window.size >= windowBatchesMax) {
      // A batch that failed stays in the window, and nothing in flight would end this wait.
      signal.throwIfAborted();
      await Promise.race(this.#inFlight);
    }
    const giveBack = await slots.take(job.priority, signal);
    const done = this.#window.enter(batch.checkpoint);
    const work = this.#work(batch, done).finally(() => {
      giveBack();
      this.#inFlight.delete(work);
    });
    this.#inFlight.add(work);
  }

  /** Never rejects: what stops the job is kept, and stops the reading. */
  async #work(batch: SourceBatch, done: (counts: Counts) => void): Promise<void> {
    const token = {};
    try {
      const counts = await this.#batches.work(batch.changes, (fault) => this.#hold(token, fault));
      done(counts);
      this.#options.report.batchDone(counts);
      this.#saveSoon();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stopReading.abort(error);
  }

  #hold(holder: object, fault: Fault | null): void {
    if (fault === null) this.#holds.delete(holder);
    else this.#holds.set(holder, fault);
    this.#options.report.held([...this.#holds.values()].at(-1) ?? null);
  }

  #saveSoon(): void {
    if (this.#saving !== null) return;
    if (this.#options.clock.nowMs() - this.#lastSaveMs < saveEveryMs) return;
    this.#saving = this.#save()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#saving = null;
      });
  }

  async #save(): Promise<void> {
    const { reached } = this.#window;
    if (reached === null || reached === this.#saved) return;
    this.#lastSaveMs = this.#options.clock.nowMs();
    await this.#options.report.reached(reached);
    this.#saved = reached;
  }

  async #settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    await this.#saving;
  }

  /** Ids are complete only once everything that was read before the question is settled. */
  async *#storedIds(collection: string): AsyncIterable<readonly string[]> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    yield* this.#options.sourceIds.of(this.#options.source.name, collection);
  }
}

function givenUp(error: unknown, attempts: number): KmsError {
  const { code, message, facts } = toFault(error);
  const text = `the source could not be read ${attempts} times in a row: ${message}`;
  return new KmsError(code, text, { cause: error, facts: { ...facts, attempts } });
}
