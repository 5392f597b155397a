// Jobs and how far each source has been read, in the state environment. A job's progress and the checkpoint that it
// stands for change in one transaction: after a crash, what a job says it has done is what it will not do again.

import type { Database, RootDatabase } from 'lmdb';
import type { Clock } from '../base/clock.ts';
import type { Job } from '../model/job.ts';
import { durable } from './durable-commit.ts';

/** Plain JSON data; only the source that made it reads it. */
export type StoredCheckpoint = Readonly<Record<string, unknown>>;

export interface SourceRow {
  /** Everything up to here is in the index; null: the source was never read. */
  readonly checkpoint: StoredCheckpoint | null;
  /** When the source was last read to its end; null: never. */
  readonly syncedTimeMs: number | null;
  /** Empty: none yet. */
  readonly lastJobId: string;
}

export interface JobRow {
  readonly job: Job;
  /** How far a read that does not go on from the source's own checkpoint has come; null: it has none. */
  readonly checkpoint: StoredCheckpoint | null;
}

/** What one transaction writes. */
export interface JobChange {
  readonly row: JobRow;
  readonly source?: { readonly name: string; readonly row: SourceRow };
  /** Jobs that have been forgotten for the sake of newer ones. */
  readonly forgotten?: readonly string[];
}

const neverRead: SourceRow = { checkpoint: null, syncedTimeMs: null, lastJobId: '' };

export class JobStore {
  readonly #root: RootDatabase;
  readonly #clock: Clock;
  readonly #jobs: Database<JobRow, string>;
  readonly #sources: Database<SourceRow, string>;

  constructor({ root, clock }: { readonly root: RootDatabase; readonly clock: Clock }) {
    this.#root = root;
    this.#clock = clock;
    this.#jobs = root.openDB<JobRow, string>({ name: 'jobs' });
    this.#sources = root.openDB<SourceRow, string>({ name: 'sources' });
  }

  /** Oldest first. */
  rows(): readonly JobRow[] {
    return [...this.#jobs.getRange()].map(({ value }) => value);
  }

  /** See JobRow.checkpoint. */
  checkpointOf(jobId: string): StoredCheckpoint | null {
    return this.#jobs.get(jobId)?.checkpoint ?? null;
  }

  source(name: string): SourceRow {
    return this.#sources.get(name) ?? neverRead;
  }

  /** Resolves when all of it is on disk. */
  async write({ row, source, forgotten = [] }: JobChange): Promise<void> {
    const written = this.#root.childTransaction(() => {
      this.#jobs.putSync(row.job.id, { ...row });
      if (source !== undefined) this.#sources.putSync(source.name, { ...source.row });
      for (const id of forgotten) this.#jobs.removeSync(id);
    });
    await durable(written, { flushed: () => this.#root.flushed, clock: this.#clock });
  }
}
