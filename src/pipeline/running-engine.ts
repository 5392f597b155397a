// The engine as its front doors see it: the two flows, the status, and the check that it is ready.

import type { ActorRef } from '../actor/actor.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { Document, DocumentKey, IngestResult, StoredDocument } from '../model/document.ts';
import type { SearchAnswer, SearchQuery } from '../model/query.ts';
import { generationOf, type VectorSpace } from '../model/vector-space.ts';
import type { CollectionState, IndexTasks } from '../stages/index/index-messages.ts';
import type { Background } from './background.ts';
import type { CollectionRegistry } from './collection-registry.ts';
import type {
  AnalyticsApi,
  CallOptions,
  CollectionStatus,
  DeadLettersApi,
  DocumentPage,
  DocumentPageRequest,
  EngineApi,
  EngineStatus,
  JobsApi,
  ReembedApi,
} from './engine-api.ts';
import type { EngineReadiness } from './engine-readiness.ts';
import type { IngestFlow } from './ingest-flow.ts';
import type { QueryFlow } from './query-flow.ts';
import type { SpaceHost } from './space-host.ts';
import type { SpaceRuntimes } from './space-runtimes.ts';

export interface RunningEngineOptions {
  readonly ingestFlow: IngestFlow;
  readonly queryFlow: QueryFlow;
  readonly collections: CollectionRegistry;
  readonly spaces: SpaceRuntimes;
  readonly host: Pick<SpaceHost, 'statuses' | 'shardStats'>;
  readonly reembed: ReembedApi;
  readonly analytics: AnalyticsApi;
  readonly background: Background;
  readonly space: VectorSpace;
  readonly readiness: EngineReadiness;
  readonly version: string;
  readonly clock: Clock;
}

/** A shard that does not answer for its numbers within this is left out of the status rather than blocking it. */
const statusDeadlineMs = 1_000;

export class RunningEngine implements EngineApi {
  readonly #options: RunningEngineOptions;
  readonly #startedMs: number;

  constructor(options: RunningEngineOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
  }

  get space(): VectorSpace {
    return this.#options.space;
  }

  /** See EngineApi.spaceOf. */
  spaceOf(collections: readonly string[]): VectorSpace {
    const { collections: registry, spaces, space } = this.#options;
    const serving =
      collections.length === 0
        ? (registry.servingGenerations[0] ?? registry.defaultGeneration)
        : registry.generationOf(collections[0] as string);
    return spaces.has(serving) ? spaces.of(serving).space : space;
  }

  get jobs(): JobsApi {
    return this.#options.background.jobs;
  }

  get deadLetters(): DeadLettersApi {
    return this.#options.background.deadLetters;
  }

  get reembed(): ReembedApi {
    return this.#options.reembed;
  }

  get analytics(): AnalyticsApi {
    return this.#options.analytics;
  }

  get readiness(): EngineReadiness {
    return this.#options.readiness;
  }

  async ingest(documents: readonly Document[], call: CallOptions): Promise<readonly IngestResult[]> {
    this.#checkReady();
    const { ingestFlow, background } = this.#options;
    const results = await ingestFlow.ingest(documents, call);
    await background.deadLetters.noteCall(documents, results);
    return results;
  }

  async delete(keys: readonly DocumentKey[], call: CallOptions): Promise<readonly (number | null)[]> {
    this.#checkReady();
    const { ingestFlow, background } = this.#options;
    const sequences = await ingestFlow.delete(keys, call);
    await background.deadLetters.noteDeleted(keys);
    return sequences;
  }

  async search(query: SearchQuery, call: CallOptions): Promise<SearchAnswer> {
    this.#checkReady();
    return this.#options.queryFlow.search(query, call);
  }

  async searchBatch(queries: readonly SearchQuery[], call: CallOptions): Promise<readonly SearchAnswer[]> {
    this.#checkReady();
    return this.#options.queryFlow.searchBatch(queries, call);
  }

  async get(key: DocumentKey, withVectors: boolean, call: CallOptions): Promise<StoredDocument | null> {
    this.#checkReady();
    return this.#options.queryFlow.get(key, withVectors, call);
  }

  async list(page: DocumentPageRequest, call: CallOptions): Promise<DocumentPage> {
    this.#checkReady();
    return this.#options.queryFlow.list(page, call);
  }

  async createSnapshot(call: CallOptions): Promise<{ readonly commitSequence: number }> {
    this.#checkReady();
    const deadline = call.deadlineMs === null ? {} : { deadlineMs: call.deadlineMs };
    const options = { signal: call.signal, ...deadline };
    const replies = await Promise.all(this.#shards().map((shard) => shard.ask('snapshot', {}, options)));
    return { commitSequence: Math.max(0, ...replies.map((reply) => reply.commitSequence)) };
  }

  async status(): Promise<EngineStatus> {
    const { host, spaces, readiness, version, space, clock } = this.#options;
    return {
      version,
      state: readiness.state,
      uptimeMs: clock.nowMs() - this.#startedMs,
      space,
      shardCount: spaces.of(generationOf(space)).shards.length,
      replay: await this.replay(),
      collections: readiness.state === 'ready' ? await this.#collections() : [],
      actors: host.statuses(),
    };
  }

  /** How far the shards are in replaying their logs; both 0 before they know, and once it is done. */
  async replay(): Promise<EngineStatus['replay']> {
    if (this.#options.readiness.state !== 'starting') return { changesDone: 0, changesTotal: 0 };
    let changesDone = 0;
    let changesTotal = 0;
    for (const { stats } of await this.#options.host.shardStats()) {
      // A shard that is too busy to answer is one that replays: the others' numbers still show it moving.
      changesDone += Number(stats?.['replay_changes_done'] ?? 0);
      changesTotal += Number(stats?.['replay_changes_total'] ?? 0);
    }
    return { changesDone, changesTotal };
  }

  async #collections(): Promise<CollectionStatus[]> {
    const deadlineMs = this.#options.clock.nowMs() + statusDeadlineMs;
    const ask = (shard: ActorRef<IndexTasks>) =>
      shard.ask('collections', {}, { lane: 'urgent', deadlineMs }).catch(() => ({ collections: [] }));
    const replies = await Promise.all(this.#shards().map(ask));
    const { collections } = this.#options;
    const states = replies.flatMap((reply) => reply.collections);
    // What a second generation holds is for the reembed's own status.
    const serving = states.filter((state) => collections.generationOf(state.collection) === state.generation);
    const summed = new Map<string, CollectionStatus>();
    for (const state of serving) {
      const known = summed.get(state.collection);
      summed.set(state.collection, known === undefined ? statusOf(state) : added(known, statusOf(state)));
    }
    return [...summed.values()].sort((a, b) => (a.collection < b.collection ? -1 : 1));
  }

  #shards(): readonly ActorRef<IndexTasks>[] {
    return this.#options.spaces.all().flatMap(({ shards }) => shards);
  }

  #checkReady(): void {
    const { state } = this.#options.readiness;
    // While it drains, what the front doors have already taken in is still worked on; they take in no more.
    if (state === 'ready' || state === 'draining') return;
    const message =
      state === 'starting' ? 'the engine is starting and replays its log' : 'the engine has stopped';
    throw new KmsError('unavailable', message, { facts: { state } });
  }
}

function statusOf({ isCold, ...state }: CollectionState): CollectionStatus {
  return { ...state, coldShards: isCold ? 1 : 0 };
}

function added(a: CollectionStatus, b: CollectionStatus): CollectionStatus {
  return {
    collection: a.collection,
    generation: a.generation,
    documents: a.documents + b.documents,
    vectors: a.vectors + b.vectors,
    graphVectors: a.graphVectors + b.graphVectors,
    tailVectors: a.tailVectors + b.tailVectors,
    tombstones: a.tombstones + b.tombstones,
    indexBytes: a.indexBytes + b.indexBytes,
    coldShards: a.coldShards + b.coldShards,
    commitSequence: Math.max(a.commitSequence, b.commitSequence),
    // The engine is as safe as its least safe shard.
    snapshotSequence: Math.min(a.snapshotSequence, b.snapshotSequence),
  };
}
