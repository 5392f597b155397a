// What the running engine offers to its front doors (gRPC, and tests). The flows implement it.

import type { AbortNotice } from '../actor/actor.ts';
import type { Fault } from '../base/errors.ts';
import type { DeadLetter, DeadLetterFilter } from '../model/dead-letter.ts';
import type { Document, DocumentKey, IngestResult, StoredDocument } from '../model/document.ts';
import type { Filter } from '../model/filter.ts';
import type { Job, JobPriority, JobState, SyncMode } from '../model/job.ts';
import type { SearchAnswer, SearchQuery } from '../model/query.ts';
import type { FeedbackKind, Judgement, SearchReport } from '../model/search-record.ts';
import type { VectorSpace } from '../model/vector-space.ts';

export interface CallOptions {
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** Says the same, for whoever only asks actors: where `signal` is made when it is first looked at, this saves it. */
  readonly notice?: AbortNotice;
  /** Monotonic milliseconds (Clock.nowMs); null: none. */
  readonly deadlineMs: number | null;
  /** `bulk`: work of the engine's own jobs, which leaves room for calls that somebody waits for. Default: `live`. */
  readonly lane?: CallLane;
}

export type CallLane = 'live' | 'bulk';

export interface DocumentPageRequest {
  readonly collection: string;
  /** The id behind which the page starts; null: the first page. */
  readonly afterId: string | null;
  readonly limit: number;
  readonly omitBody: boolean;
  /** Null: all documents. */
  readonly filter: Filter | null;
}

export interface DocumentPage {
  /** In order of id, at most `limit`; with a filter perhaps fewer, even none, though more follow. */
  readonly documents: readonly StoredDocument[];
  /** Where the next page starts: all ids up to here were looked at; null: there is no more. */
  readonly lastId: string | null;
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
  /** Rejects with `not_found` for a collection that does not exist. */
  list(page: DocumentPageRequest, options: CallOptions): Promise<DocumentPage>;
  createSnapshot(options: CallOptions): Promise<{ readonly commitSequence: number }>;
  status(): Promise<EngineStatus>;
  /** What new collections are made for. */
  readonly space: VectorSpace;
  /** What these collections are searched in, or will be made for; empty: all. A request over several spaces is refused later. */
  spaceOf(collections: readonly string[]): VectorSpace;
  readonly readiness: Readiness;
  readonly jobs: JobsApi;
  readonly deadLetters: DeadLettersApi;
  readonly reembed: ReembedApi;
  readonly analytics: AnalyticsApi;
}

/** Which model to move a collection to, as an operator names it; empty and 0: the provider's own default. */
export interface ModelChoice {
  readonly provider: string;
  readonly model: string;
  readonly dimensions: number;
}

/** What a move of a collection to another model would take. */
export interface ReembedEstimate {
  readonly collection: string;
  readonly generation: string;
  readonly targetGeneration: string;
  readonly documents: number;
  readonly tokens: number;
  /** Documents whose texts the tokens were counted from; the rest is projected. */
  readonly sampledDocuments: number;
  /** Null: the service's price is not known. */
  readonly costDollars: number | null;
  /** Null: nobody can tell, because the service's limits are not known. */
  readonly durationMs: number | null;
}

/** `idle`: one generation. `filling`: the second one lacks documents. `ready`: it has them all. `switched`: it answers, and the first one is kept. `dropping`: the other one is being removed. */
export type ReembedState = 'idle' | 'filling' | 'ready' | 'switched' | 'dropping';

export interface ReembedStatus {
  readonly collection: string;
  readonly state: ReembedState;
  /** The generation that answers. */
  readonly generation: string;
  /** The other one; empty when there is none. */
  readonly otherGeneration: string;
  readonly progress: ReembedProgress;
  /** What holds it up at the moment; null: nothing. */
  readonly fault: Fault | null;
  /** Null until it was asked for, and where there are not two generations. */
  readonly comparison: GenerationComparison | null;
}

export interface ReembedProgress {
  /** Documents of the collection when the pass began. */
  readonly total: number;
  /** Compared in the pass that is under way, or was the last one. */
  readonly compared: number;
  /** Embedded and written. */
  readonly written: number;
  readonly unchanged: number;
  /** Removed, because the collection has them no more. */
  readonly removed: number;
  /** Known to differ, and to be written yet. */
  readonly waiting: number;
  /** What the other model refuses; it lacks these for good. */
  readonly rejected: number;
  /** Documents that came with a vector of their client's; here they are embedded from their text. */
  readonly fromClientVectors: number;
}

/** How alike two generations answer. */
export interface GenerationComparison {
  readonly queries: number;
  /** Share of the first ten hits that both have, mean over the queries, in [0, 1]. */
  readonly overlapAt10: number;
  /** Kendall's tau of the order of the hits that both have, mean over the queries that have two of them, in [-1, 1]; null: none has. */
  readonly rankAgreement: number | null;
  /** Share of the queries with the same first hit. */
  readonly sameFirstHit: number;
  /** Some of the queries that differ most. */
  readonly examples: readonly ComparedQuery[];
}

export interface ComparedQuery {
  readonly query: string;
  readonly overlapAt10: number;
  /** Ids of the first hits, best first. */
  readonly currentIds: readonly string[];
  readonly otherIds: readonly string[];
}

/** Moves collections from one model to another while they serve. Methods throw `not_found` for an unknown collection. */
export interface ReembedApi {
  estimate(collection: string, choice: ModelChoice, options: CallOptions): Promise<ReembedEstimate>;
  /** Makes the second generation and starts to fill it. `failed_precondition` when the collection has one already, or the model is the one it has. */
  start(collection: string, choice: ModelChoice): Promise<ReembedStatus>;
  status(collection: string): ReembedStatus;
  /** The status with a comparison of sampled queries. */
  compare(collection: string, options: CallOptions): Promise<ReembedStatus>;
  /** Lets the second generation answer from the next search on. `failed_precondition` until it has every document; with `allowRejected`, but for those that its model refuses. */
  switch(collection: string, options: { readonly allowRejected: boolean }): Promise<ReembedStatus>;
  /** The switch taken back. */
  rollback(collection: string, options: { readonly allowRejected: boolean }): Promise<ReembedStatus>;
  /** Removes the generation that does not answer. Resolves when that is decided; the removal goes on. */
  drop(collection: string): Promise<ReembedStatus>;
}

export interface JobPage {
  /** Empty: all. */
  readonly states: readonly JobState[];
  readonly source: string;
  /** Newest first; the last id of the page before, or null. */
  readonly beforeId: string | null;
  readonly limit: number;
}

/** Long work that survives restarts. Every method throws `unavailable` while the engine is starting. */
export interface JobsApi {
  /**
   * Queues a sync and resolves when the job is on disk. Joins a job of the same source and mode that is still queued;
   * `failed_precondition` (facts.jobId) when one of the source is running. `not_found` for an unknown source.
   */
  startSync(request: {
    readonly source: string;
    readonly mode: SyncMode;
    readonly priority: JobPriority;
  }): Promise<Job>;
  /** Throws `not_found`. */
  get(id: string): Job;
  /** Newest first. */
  list(page: JobPage): readonly Job[];
  /** Resolves when the job has stopped; what it has indexed stays. Throws `not_found`; a job that has ended stays as it is. */
  cancel(id: string): Promise<Job>;
  /** The job now, at each change (at most a few a second), and at its end; then it ends. */
  watch(id: string, signal: AbortSignal): AsyncIterable<Job>;
  sources(): readonly SourceStatus[];
}

export interface SourceStatus {
  readonly name: string;
  readonly kind: string;
  readonly everyMs: number | null;
  readonly lastJobId: string;
  /** When the source was last read to its end, milliseconds since 1970; null: never. */
  readonly syncedTimeMs: number | null;
  readonly nextTimeMs: number | null;
}

export interface DeadLettersApi {
  /** Oldest first, after `afterId`. */
  list(
    filter: DeadLetterFilter,
    page: { readonly afterId: string | null; readonly limit: number },
  ): readonly DeadLetter[];
  count(): number;
  /** Sends the matching ones through the line again; the ones that get through are removed. */
  retry(
    filter: DeadLetterFilter,
    options: CallOptions,
  ): Promise<{ readonly retried: number; readonly indexed: number; readonly failed: number }>;
  /** Removes the matching ones; resolves with their number when it is on disk. */
  purge(filter: DeadLetterFilter): Promise<number>;
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
  /** Memory of graphs and tails, about. */
  readonly indexBytes: number;
  /** Shards that do not have it in memory now: the next search of it loads it first. */
  readonly coldShards: number;
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

/** What is remembered of searches. Every method throws `failed_precondition` when nothing is (KMS_ANALYTICS_DAYS=0). */
export interface AnalyticsApi {
  /**
   * Resolves when the feedback is on disk; a later kind for the same search and document takes its place. `not_found`
   * for a search that is not remembered, `invalid_argument` for a document that was not among its hits.
   */
  recordFeedback(feedback: {
    readonly searchId: string;
    readonly document: DocumentKey;
    readonly kind: FeedbackKind;
  }): Promise<void>;
  /** `limit`: of the slowest searches and of the zero-result queries. */
  report(
    window: { readonly windowMs: number; readonly limit: number },
    options: CallOptions,
  ): Promise<SearchReport>;
  /** Oldest search first, in parts. `failed_precondition` when texts are not kept. */
  judgements(window: { readonly windowMs: number }, signal: AbortSignal): AsyncIterable<readonly Judgement[]>;
}
