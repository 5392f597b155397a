// Jobs and dead letters over a real state store and a model of the line, opened and opened again.

import { systemClock } from '../../src/base/clock.ts';
import type { Job } from '../../src/model/job.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { DeadLetters } from '../../src/pipeline/dead-letters/dead-letters.ts';
import { Jobs } from '../../src/pipeline/jobs/jobs.ts';
import { KeyTurns } from '../../src/pipeline/key-turns.ts';
import type { SyncSource } from '../../src/sources/sync-source.ts';
import { openStateStore, type StateStore } from '../../src/storage/state-store.ts';
import type { ModelLine } from './model-line.ts';

export interface JobsDriver {
  readonly state: StateStore;
  readonly jobs: Jobs;
  readonly deadLetters: DeadLetters;
  /** Starts a sync and waits for its end. */
  sync(source: string, mode?: 'incremental' | 'full' | 'reconcile'): Promise<Job>;
  ended(id: string): Promise<Job>;
  /** As the engine stops: jobs are interrupted, then everything is closed. */
  stop(): Promise<void>;
}

export async function openJobs(
  dataDir: string,
  parts: {
    readonly line: ModelLine;
    readonly sources: readonly SyncSource[];
    readonly lettersMax?: number;
  },
): Promise<JobsDriver> {
  const state = await openStateStore({ dataDir, shards: 1, shardsForNewFolder: 1 });
  const shared = {
    turns: new KeyTurns(),
    clock: systemClock,
    log: createLogger({ level: 'silent', thread: 'main' }),
  };
  const deadLetters = new DeadLetters({
    ...shared,
    store: state.deadLetters,
    ingest: (documents, call) => parts.line.ingest(documents, call),
    bounds: { lettersMax: parts.lettersMax ?? 1_000, payloadBytesMax: 2 ** 20 },
  });
  const jobs = new Jobs({
    ...shared,
    store: state.jobs,
    sourceIds: state.sourceIds,
    deadLetters,
    line: parts.line,
    sources: parts.sources,
    machine: { cores: 2, documentsInFlightMax: 60, provider: 'minilm' },
    random: () => 0,
    onDocuments: () => {},
  });
  jobs.start();
  const ended = async (id: string) => {
    let last: Job | null = null;
    for await (const job of jobs.watch(id, new AbortController().signal)) last = job;
    if (last === null) throw new Error('a watched job shows itself at least once');
    return last;
  };
  return {
    state,
    jobs,
    deadLetters,
    ended,
    sync: async (source, mode = 'incremental') => {
      const { id } = await jobs.startSync({ source, mode, priority: 'normal' });
      return ended(id);
    },
    stop: async () => {
      await jobs.drain(new AbortController().signal);
      await state.close();
    },
  };
}
