// What the engine does by itself: its jobs and its dead letters, put together from the parts that the engine has.

import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { jobStates } from '../model/job.ts';
import type { Log } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SyncSource } from '../sources/sync-source.ts';
import type { StateStore } from '../storage/state-store.ts';
import { DeadLetters } from './dead-letters/dead-letters.ts';
import type { EngineApi } from './engine-api.ts';
import type { EngineReadiness } from './engine-readiness.ts';
import { within } from './jobs/abortable.ts';
import type { IngestLine } from './jobs/batch-work.ts';
import type { Machine } from './jobs/job-plan.ts';
import { Jobs } from './jobs/jobs.ts';
import { KeyTurns } from './key-turns.ts';

export interface BackgroundOptions {
  readonly state: Pick<StateStore, 'jobs' | 'sourceIds' | 'deadLetters'>;
  readonly sources: readonly SyncSource[];
  /** The way into the index behind the front door. */
  readonly line: IngestLine;
  readonly readiness: EngineReadiness;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A source that does not answer for its numbers within this keeps the ones it had. */
const sourceStatsMsMax = 1_000;
/** Nothing of a source lasts that is not in its checkpoint, so one that does not close is left behind. */
const sourceCloseMsMax = 2_000;

export class Background {
  readonly jobs: Jobs;
  readonly deadLetters: DeadLetters;
  readonly #options: BackgroundOptions;

  constructor(options: BackgroundOptions) {
    this.#options = options;
    const { state, sources, line, machine, clock, random, log, metrics } = options;
    const turns = new KeyTurns();
    const ingest: EngineApi['ingest'] = async (documents, call) => {
      this.#checkReady();
      return line.ingest(documents, call);
    };
    this.deadLetters = new DeadLetters({
      store: state.deadLetters,
      ingest,
      turns,
      clock,
      log: log.child({ part: 'dead-letters' }),
    });
    this.jobs = new Jobs({
      store: state.jobs,
      sourceIds: state.sourceIds,
      deadLetters: this.deadLetters,
      sources,
      line,
      turns,
      machine,
      clock,
      random,
      log: log.child({ part: 'jobs' }),
      onDocuments: (source, outcome, count) =>
        metrics.count('kms_job_documents_total', count, { source, outcome }),
    });
  }

  /** When the line is ready. */
  start(): void {
    this.jobs.start();
  }

  /** Jobs settle what they have in flight within `graceMs`, and give up the rest; then the sources are closed. */
  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    const { clock, sources, log } = this.#options;
    const giveUp = new AbortController();
    const timer = clock.setTimer(graceMs, () =>
      giveUp.abort(new KmsError('cancelled', 'the engine stops, and the time for it is over')),
    );
    await this.jobs.drain(giveUp.signal);
    timer.cancel();
    const closed = await Promise.allSettled(
      sources.map((source) => within(source.close(), sourceCloseMsMax, clock)),
    );
    for (const result of closed)
      if (result.status === 'rejected') log.warn({ err: result.reason }, 'source could not be closed');
  }

  /** Sets the gauges of jobs, dead letters and sources. */
  async refreshMetrics(): Promise<void> {
    const { metrics, sources, state } = this.#options;
    metrics.set('kms_dead_letters', this.deadLetters.count());
    const counts = this.jobs.counts();
    for (const name of jobStates) metrics.set('kms_jobs', counts[name], { state: name });
    for (const { name } of sources) {
      const { syncedTimeMs } = state.jobs.source(name);
      if (syncedTimeMs !== null)
        metrics.set('kms_source_synced_timestamp_seconds', syncedTimeMs / 1_000, { source: name });
    }
    await Promise.all(sources.map((source) => this.#refreshSource(source)));
  }

  async #refreshSource(source: SyncSource): Promise<void> {
    const { metrics, clock, log } = this.#options;
    try {
      const stats = await within(source.stats(), sourceStatsMsMax, clock);
      for (const [stat, value] of Object.entries(stats))
        if (Number.isFinite(value)) metrics.set('kms_source_stat', value, { source: source.name, stat });
    } catch (error) {
      log.debug({ source: source.name, err: error }, 'source does not tell its numbers');
    }
  }

  #checkReady(): void {
    const { state } = this.#options.readiness;
    if (state === 'ready' || state === 'draining') return;
    throw new KmsError('unavailable', `the engine is ${state}`, { facts: { state } });
  }
}
