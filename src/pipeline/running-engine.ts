// The engine as its front doors see it: the two flows, the status, and the check that it is ready.

import type { ActorRef, ActorStats } from '../actor/actor.ts';
import type { Supervisor } from '../actor/supervisor.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { Document, DocumentKey, IngestResult, StoredDocument } from '../model/document.ts';
import type { SearchAnswer, SearchQuery } from '../model/query.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import type { CollectionState, IndexTasks } from '../stages/index/index-messages.ts';
import type { CallOptions, CollectionStatus, EngineApi, EngineStatus } from './engine-api.ts';
import type { EngineReadiness } from './engine-readiness.ts';
import type { IngestFlow } from './ingest-flow.ts';
import type { QueryFlow } from './query-flow.ts';

export interface RunningEngineOptions {
  readonly ingestFlow: IngestFlow;
  readonly queryFlow: QueryFlow;
  readonly supervisor: Supervisor;
  readonly shards: readonly ActorRef<IndexTasks>[];
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

  get readiness(): EngineReadiness {
    return this.#options.readiness;
  }

  async ingest(documents: readonly Document[], call: CallOptions): Promise<readonly IngestResult[]> {
    this.#checkReady();
    return this.#options.ingestFlow.ingest(documents, call);
  }

  async delete(keys: readonly DocumentKey[], call: CallOptions): Promise<readonly (number | null)[]> {
    this.#checkReady();
    return this.#options.ingestFlow.delete(keys, call);
  }

  async search(query: SearchQuery, call: CallOptions): Promise<SearchAnswer> {
    const [answer] = await this.searchBatch([query], call);
    return answer as SearchAnswer;
  }

  async searchBatch(queries: readonly SearchQuery[], call: CallOptions): Promise<readonly SearchAnswer[]> {
    this.#checkReady();
    return this.#options.queryFlow.searchBatch(queries, call);
  }

  async get(key: DocumentKey, withVectors: boolean, call: CallOptions): Promise<StoredDocument | null> {
    this.#checkReady();
    return this.#options.queryFlow.get(key, withVectors, call);
  }

  async list(page: Parameters<EngineApi['list']>[0], call: CallOptions): Promise<readonly StoredDocument[]> {
    this.#checkReady();
    return this.#options.queryFlow.list(page, call);
  }

  async createSnapshot(call: CallOptions): Promise<{ readonly commitSequence: number }> {
    this.#checkReady();
    const deadline = call.deadlineMs === null ? {} : { deadlineMs: call.deadlineMs };
    const options = { signal: call.signal, ...deadline };
    const replies = await Promise.all(
      this.#options.shards.map((shard) => shard.ask('snapshot', {}, options)),
    );
    return { commitSequence: Math.max(0, ...replies.map((reply) => reply.commitSequence)) };
  }

  async status(): Promise<EngineStatus> {
    const { supervisor, readiness, version, space, shards, clock } = this.#options;
    return {
      version,
      state: readiness.state,
      uptimeMs: clock.nowMs() - this.#startedMs,
      space,
      shardCount: shards.length,
      replay: await this.replay(),
      collections: readiness.state === 'ready' ? await this.#collections() : [],
      actors: supervisor.statuses(),
    };
  }

  /** How far the shards are in replaying their logs; both 0 before they know, and once it is done. */
  async replay(): Promise<EngineStatus['replay']> {
    if (this.#options.readiness.state !== 'starting') return { changesDone: 0, changesTotal: 0 };
    let changesDone = 0;
    let changesTotal = 0;
    for (const stats of await this.shardStats()) {
      // A shard that is too busy to answer is one that replays: the others' numbers still show it moving.
      changesDone += Number(stats?.['replay_changes_done'] ?? 0);
      changesTotal += Number(stats?.['replay_changes_total'] ?? 0);
    }
    return { changesDone, changesTotal };
  }

  /** What each shard says about itself now, by shard number; null for one that is down, or does not answer within 2 s. */
  shardStats(): Promise<readonly (ActorStats | null)[]> {
    const { supervisor, shards } = this.#options;
    const statsOf = (name: string) =>
      supervisor.stats(name).then(
        ({ stats }) => stats,
        () => null,
      );
    return Promise.all(shards.map((shard) => statsOf(shard.name)));
  }

  async #collections(): Promise<CollectionStatus[]> {
    const deadlineMs = this.#options.clock.nowMs() + statusDeadlineMs;
    const ask = (shard: ActorRef<IndexTasks>) =>
      shard.ask('collections', {}, { lane: 'urgent', deadlineMs }).catch(() => ({ collections: [] }));
    const replies = await Promise.all(this.#options.shards.map(ask));
    const summed = new Map<string, CollectionStatus>();
    for (const state of replies.flatMap((reply) => reply.collections)) {
      const known = summed.get(state.collection);
      summed.set(state.collection, known === undefined ? state : added(known, state));
    }
    return [...summed.values()].sort((a, b) => (a.collection < b.collection ? -1 : 1));
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

function added(a: CollectionStatus, b: CollectionState): CollectionStatus {
  return {
    collection: a.collection,
    generation: a.generation,
    documents: a.documents + b.documents,
    vectors: a.vectors + b.vectors,
    graphVectors: a.graphVectors + b.graphVectors,
    tailVectors: a.tailVectors + b.tailVectors,
    tombstones: a.tombstones + b.tombstones,
    commitSequence: Math.max(a.commitSequence, b.commitSequence),
    // The engine is as safe as its least safe shard.
    snapshotSequence: Math.min(a.snapshotSequence, b.snapshotSequence),
  };
}
