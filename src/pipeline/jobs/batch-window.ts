// Batches end in any order, checkpoints count in theirs: a checkpoint is valid once its batch and all before it are done.

import type { JobProgress } from '../../model/job.ts';
import type { SourceCheckpoint } from '../../sources/sync-source.ts';

/** The part of a progress that adds up. */
export type Counts = Pick<JobProgress, 'read' | 'unchanged' | 'indexed' | 'deleted' | 'rejected'>;
export const noCounts: Counts = { read: 0, unchanged: 0, indexed: 0, deleted: 0, rejected: 0 };

export function added(a: Counts, b: Counts): Counts {
  return {
    read: a.read + b.read,
    unchanged: a.unchanged + b.unchanged,
    indexed: a.indexed + b.indexed,
    deleted: a.deleted + b.deleted,
    rejected: a.rejected + b.rejected,
  };
}

/** What is done without a gap from the beginning, and the last checkpoint in it. */
export interface Reached {
  readonly checkpoint: SourceCheckpoint;
  /** What this read has done up to the checkpoint. */
  readonly counts: Counts;
}

interface Entry {
  readonly checkpoint: SourceCheckpoint | null;
  counts: Counts | null;
}

export class BatchWindow {
  /** In the order of reading; bounded by the batches in flight, and by those that are done behind the slowest of them. */
  readonly #entries: Entry[] = [];
  #counts = noCounts;
  #reached: Reached | null = null;

  /** A batch has been read; returns what to call with its counts when all of it is durable. */
  enter(checkpoint: SourceCheckpoint | null): (counts: Counts) => void {
    const entry: Entry = { checkpoint, counts: null };
    this.#entries.push(entry);
    return (counts) => {
      entry.counts = counts;
      this.#advance();
    };
  }

  /** Batches that are not done, or wait for one before them. */
  get size(): number {
    return this.#entries.length;
  }

  /** What is done without a gap. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Null while no checkpoint has been reached. */
  get reached(): Reached | null {
    return this.#reached;
  }

  #advance(): void {
    for (let first = this.#entries[0]; first?.counts != null; first = this.#entries[0]) {
      this.#entries.shift();
      this.#counts = added(this.#counts, first.counts);
      if (first.checkpoint !== null) this.#reached = { checkpoint: first.checkpoint, counts: this.#counts };
    }
  }
}
