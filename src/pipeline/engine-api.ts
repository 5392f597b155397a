// What the running engine offers to its front doors (gRPC, and tests). The flows implement it.

import type { Document, DocumentKey, IngestResult, StoredDocument } from '../model/document.ts';
import type { SearchAnswer, SearchQuery } from '../model/query.ts';
import type { VectorSpace } from '../model/vector-space.ts';

export interface CallOptions {
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds (Clock.nowMs); null: none. */
  readonly deadlineMs: number | null;
}

export interface EngineApi {
  /**
   * Resolves when every document is on disk and searchable, unchanged, or rejected with its reason; index-aligned.
   * Rejects as a whole only with `cancelled`, `deadline_exceeded`, `unavailable` or `resource_exhausted`; what was
   * committed by then stays, and sending all of it again changes nothing.
   * Two calls with the same key take effect in the order of the calls.
   */
  ingest(documents: readonly Document[], options: CallOptions): Promise<readonly IngestResult[]>;
  /** Resolves when the deletes are on disk and out of every search; null where there was no such document. */
  delete(keys: readonly DocumentKey[], options: CallOptions): Promise<readonly (number | null)[]>;
  /** Rejects with `not_found` for a collection that does not exist (facts.collection), or a document target that does not. */
  search(query: SearchQuery, options: CallOptions): Promise<SearchAnswer>;
  /** Index-aligned; the texts are embedded and the shards are asked together. Rejects as `search` does. */
  searchBatch(queries: readonly SearchQuery[], options: CallOptions): Promise<readonly SearchAnswer[]>;
  get(key: DocumentKey, withVectors: boolean, options: CallOptions): Promise<StoredDocument | null>;
  /** In order of id. Rejects with `not_found` for a collection that does not exist. */
  list(
    page: {
      readonly collection: string;
      readonly afterId: string | null;
      readonly limit: number;
      readonly omitBody: boolean;
    },
    options: CallOptions,
  ): Promise<readonly StoredDocument[]>;
  createSnapshot(options: CallOptions): Promise<{ readonly commitSequence: number }>;
  status(): Promise<EngineStatus>;
  readonly space: VectorSpace;
  readonly readiness: Readiness;
}

export type EngineState = 'starting' | 'ready' | 'draining' | 'stopped';

/** Where the start is: `ready` only when every shard has replayed its log. */
export interface Readiness {
  readonly state: EngineState;
  /** Calls `listener` at each change of state from now on; returns the way to stop it. */
  onChange(listener: (state: EngineState) => void): () => void;
}

export interface EngineStatus {
  readonly version: string;
  readonly state: EngineState;
  readonly uptimeMs: number;
  readonly space: VectorSpace;
  readonly shardCount: number;
  readonly replay: { readonly changesDone: number; readonly changesTotal: number };
  readonly collections: readonly CollectionStatus[];
  readonly actors: readonly ActorStatus[];
}

/** Summed over the shards. */
export interface CollectionStatus {
  readonly collection: string;
  readonly generation: string;
  readonly documents: number;
  readonly vectors: number;
  readonly graphVectors: number;
  readonly tailVectors: number;
  readonly tombstones: number;
  readonly commitSequence: number;
  readonly snapshotSequence: number;
}

export interface ActorStatus {
  readonly name: string;
  readonly state: 'starting' | 'running' | 'backing_off' | 'draining' | 'stopped';
  readonly restarts: number;
  readonly lastFault: string;
  readonly mailboxDepth: number;
  readonly heapBytes: number;
  readonly eventLoopLagMs: number;
}
