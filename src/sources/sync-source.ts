// What a source of documents offers to the jobs: changes in batches, each with the checkpoint that is valid once every
// change up to its end is durable. A source never writes checkpoints and never advances by itself: after a crash it is
// asked again from the last durable checkpoint, and repeats what came after it.

import type { Fault } from '../base/errors.ts';
import type { Document, DocumentKey } from '../model/document.ts';
import type { SyncMode } from '../model/job.ts';

/** Plain JSON data; only the source that made it reads it. */
export type SourceCheckpoint = Readonly<Record<string, unknown>>;

export type SourceChange =
  | { readonly type: 'upsert'; readonly document: Document }
  | { readonly type: 'delete'; readonly key: DocumentKey }
  /** A row that cannot become a document; `raw` is it, as JSON text. */
  | {
      readonly type: 'rejected';
      readonly key: { readonly collection: string; readonly id: string };
      readonly fault: Fault;
      readonly raw: string;
    };

export interface SourceBatch {
  readonly changes: readonly SourceChange[];
  /** Valid once these changes and all before them are durable; null: no checkpoint ends here. */
  readonly checkpoint: SourceCheckpoint | null;
}

export interface ReadOptions {
  readonly mode: SyncMode;
  readonly signal: AbortSignal;
  /** Changes a batch, at most. */
  readonly batchDocuments: number;
  /** Ids that the index holds of a collection and that this source is responsible for, in order of id; for finding what is gone. */
  readonly storedIds: (collection: string) => AsyncIterable<readonly string[]>;
}

export interface SyncSource {
  readonly name: string;
  readonly kind: 'postgres' | 'jsonl' | 'csv';
  /** Milliseconds between two syncs that the engine starts by itself; null: only when asked. */
  readonly everyMs: number | null;
  /** Records that a read from `from` in this mode would give, where it can tell cheaply. */
  estimate(from: SourceCheckpoint | null, mode: SyncMode): Promise<number | null>;
  /**
   * Changes after `from` (null: from the beginning), in an order in which a checkpoint makes sense. Ends when the source
   * has been read to the state it had at the start or later. Throws KmsError: `unavailable` when it is worth trying
   * again (connection lost), `failed_precondition` when an operator must act. The last batch carries a checkpoint.
   */
  read(from: SourceCheckpoint | null, options: ReadOptions): AsyncIterable<SourceBatch>;
  /** Called when `checkpoint` is durable; lets a replication slot move on. */
  confirm(checkpoint: SourceCheckpoint): Promise<void>;
  /** Calls `onChange` when the source says that something has changed (LISTEN/NOTIFY, a replication stream); resolves with the way to stop. Null: this source cannot tell. */
  watch: ((onChange: () => void, signal: AbortSignal) => Promise<() => Promise<void>>) | null;
  /** First documents as the mapping makes them, or why not; writes nothing. */
  sample(limit: number): Promise<readonly SourceChange[]>;
  /** Numbers for the metrics, such as a slot's lag in bytes. */
  stats(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}
