// Searching and reading within one vector space: embed (when it is a text) → all shards at once → merge → documents of
// the hits. All of it in the urgent lane, so it never waits behind ingest.

import type { ActorRef } from '../actor/actor.ts';
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { DocumentKey, StoredDocument } from '../model/document.ts';
import type { SearchAnswer, SearchHit, SearchQuery } from '../model/query.ts';
import { cleanQuery } from '../stages/clean/clean-text.ts';
import type { EmbedTasks } from '../stages/embed/embed-messages.ts';
import type { IndexTasks, ShardHit, ShardQuery } from '../stages/index/index-messages.ts';
import type { CallOptions, EngineApi } from './engine-api.ts';
import type { FlowMetrics } from './flow-metrics.ts';
import { mergeHits } from './merge-hits.ts';
import { askByShard, shardOf } from './shard-router.ts';

export interface SpaceSearchOptions {
  readonly embed: ActorRef<EmbedTasks>;
  /** By shard number. */
  readonly shards: readonly ActorRef<IndexTasks>[];
  readonly dimensions: number;
  readonly clock: Clock;
  readonly metrics: FlowMetrics;
}

/** A long document is looked for by at most this many of its chunks, spread over its length. */
const chunksPerDocumentQueryMax = 8;

/** A query with its vectors: one, or several for a stored document of several chunks. */
interface ResolvedQuery {
  readonly query: SearchQuery;
  /** Shape [rowCount × dimensions], unit length. */
  readonly vectors: Float32Array;
  readonly rowCount: number;
  readonly exclude: DocumentKey | null;
}

export class SpaceSearch {
  readonly #options: SpaceSearchOptions;

  constructor(options: SpaceSearchOptions) {
    this.#options = options;
  }

  /** Index-aligned. The collections that the queries name are served by this space. */
  async searchBatch(queries: readonly SearchQuery[], call: CallOptions): Promise<readonly SearchAnswer[]> {
    const { clock, metrics } = this.#options;
    const startMs = clock.nowMs();
    const embedded = await this.#embedTexts(queries, call);
    const embeddedMs = embedded === null ? startMs : clock.nowMs();
    if (embedded !== null) metrics.searchStage('embed', (embeddedMs - startMs) / 1000);
    const resolved = await this.#resolve(queries, embedded, call);
    const hits = await this.#searchResolved(resolved, call);
    const endMs = clock.nowMs();
    metrics.searchStage('total', (endMs - startMs) / 1000);
    const timings = {
      embedMs: embeddedMs - startMs,
      searchMs: endMs - embeddedMs,
      totalMs: endMs - startMs,
    };
    return hits.map((hitsOfQuery) => ({ hits: hitsOfQuery, timings }));
  }

  async get(key: DocumentKey, withVectors: boolean, call: CallOptions): Promise<StoredDocument | null> {
    return this.#fetchOne(key, { withVectors, omitBody: false }, call);
  }

  /** Index-aligned; null where there is no such document. Rejects with `invalid_argument` when they are too large for one answer. */
  async fetch(
    keys: readonly DocumentKey[],
    { omitBody }: { readonly omitBody: boolean },
    call: CallOptions,
  ): Promise<(StoredDocument | null)[]> {
    const { shards } = this.#options;
    return askByShard(keys, shards.length, async (part) => {
      const shard = shards[part.shard] as ActorRef<IndexTasks>;
      const shown = { keys: part.items, withVectors: false, omitBody };
      const reply = await urgent(call, (options) => shard.ask('fetch', shown, options));
      return reply.documents.map((found) => found?.document ?? null);
    });
  }

  /** In order of id. */
  async list(page: Parameters<EngineApi['list']>[0], call: CallOptions): Promise<readonly StoredDocument[]> {
    const parts = await this.#askShards((shard) =>
      urgent(call, (options) => shard.ask('list', page, options)),
    );
    const documents = parts.flatMap((part) => part.documents);
    if (parts.length > 1) documents.sort((a, b) => compareBytes(a.id, b.id));
    return documents.slice(0, page.limit);
  }

  /** The texts' vectors, one after the other in the order of the queries; null when no query has a text. */
  async #embedTexts(queries: readonly SearchQuery[], call: CallOptions): Promise<Float32Array | null> {
    const { embed } = this.#options;
    const texts = queries.flatMap(({ target }) => (target.type === 'text' ? [cleanedText(target.text)] : []));
    if (texts.length === 0) return null;
    return urgent(call, async (options) => {
      const reply = await embed.ask('embedQueries', { texts }, options);
      const failure = reply.failures[0];
      if (failure !== undefined) throw new KmsError(failure.fault.code, failure.fault.message);
      return reply.vectors;
    });
  }

  async #resolve(
    queries: readonly SearchQuery[],
    embedded: Float32Array | null,
    call: CallOptions,
  ): Promise<ResolvedQuery[]> {
    const { dimensions } = this.#options;
    let next = 0;
    const resolve = async (query: SearchQuery): Promise<ResolvedQuery> => {
      const { target } = query;
      switch (target.type) {
        case 'text': {
          const start = dimensions * next++;
          assert(embedded !== null, 'a text has been embedded');
          const vectors = embedded.subarray(start, start + dimensions);
          return { query, vectors, rowCount: 1, exclude: null };
        }
        case 'vector':
          return { query, vectors: target.vector, rowCount: 1, exclude: null };
        case 'document':
          return this.#resolveDocument(query, target.key, call);
      }
    };
    return Promise.all(queries.map(resolve));
  }

  async #resolveDocument(query: SearchQuery, key: DocumentKey, call: CallOptions): Promise<ResolvedQuery> {
    const { dimensions } = this.#options;
    const stored = await this.#fetchOne(key, { withVectors: true, omitBody: true }, call);
    if (stored?.vectors === undefined || stored.vectors === null) {
      throw new KmsError('not_found', `document ${JSON.stringify(key.id)} does not exist`, {
        facts: { resource: 'document', collection: key.collection },
      });
    }
    const rowCount = Math.min(stored.chunkCount, chunksPerDocumentQueryMax);
    const vectors = new Float32Array(rowCount * dimensions);
    for (let i = 0; i < rowCount; i++) {
      const row = Math.floor((i * stored.chunkCount) / rowCount);
      vectors.set(stored.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
    }
    return { query, vectors, rowCount, exclude: key };
  }

  /** Queries of the same shape go to the shards as one task. */
  async #searchResolved(
    resolved: readonly ResolvedQuery[],
    call: CallOptions,
  ): Promise<readonly SearchHit[][]> {
    const { clock, metrics } = this.#options;
    const hits = new Array<SearchHit[]>(resolved.length);
    await Promise.all(
      groupsOf(resolved).map(async (positions) => {
        const members = positions.map((position) => resolved[position] as ResolvedQuery);
        const startMs = clock.nowMs();
        const merged = await this.#searchGroup(members, call);
        const searchedMs = clock.nowMs();
        const filled = await Promise.all(
          members.map((member, i) => this.#fill(merged[i] as ShardHit[], member.query, call)),
        );
        for (const [i, position] of positions.entries()) hits[position] = filled[i] as SearchHit[];
        metrics.searchStage('index', (searchedMs - startMs) / 1000);
        metrics.searchStage('fetch', (clock.nowMs() - searchedMs) / 1000);
      }),
    );
    return hits;
  }

  async #searchGroup(members: readonly ResolvedQuery[], call: CallOptions): Promise<ShardHit[][]> {
    const { query, exclude } = members[0] as ResolvedQuery;
    const shardQuery: ShardQuery = {
      vectors: joined(members.map((member) => member.vectors)),
      queryCount: members.reduce((sum, member) => sum + member.rowCount, 0),
      collections: query.collections,
      limit: query.limit,
      ef: query.ef,
      isExact: query.isExact,
      exclude,
      // One shard's hits are the hits. Several shards' are mostly not, so those are read after the merge.
      // Nor are a document query's, which finds the same documents with each of its rows.
      withDocuments: this.#options.shards.length === 1 && members.every(({ rowCount }) => rowCount === 1),
      withVectors: query.withVectors,
      omitBody: query.omitBody,
    };
    const replies = await this.#askShards((shard) =>
      urgent(call, (options) => shard.ask('search', shardQuery, options)),
    );
    let row = 0;
    return members.map((member) => {
      const rows = replies.flatMap((reply) => reply.hits.slice(row, row + member.rowCount));
      row += member.rowCount;
      return mergeHits(rows, member.query.limit);
    });
  }

  /** Reads the documents of hits that came without. One that was deleted since the search is left out. */
  async #fill(hits: readonly ShardHit[], query: SearchQuery, call: CallOptions): Promise<SearchHit[]> {
    const missing = hits.filter((hit) => hit.document === null);
    const { withVectors, omitBody } = query;
    const fetched =
      missing.length === 0
        ? []
        : await askByShard(missing, this.#options.shards.length, async (part) => {
            const keys = part.items.map(({ collection, id, chunk }) => ({ collection, id, chunk }));
            const shard = this.#options.shards[part.shard] as ActorRef<IndexTasks>;
            const reply = await urgent(call, (options) =>
              shard.ask('fetch', { keys, withVectors, omitBody }, options),
            );
            return reply.documents;
          });
    let next = 0;
    return hits.flatMap((hit) => {
      const { document, snippet } = hit.document === null ? (fetched[next++] ?? { document: null }) : hit;
      if (document === null) return [];
      return [{ document, snippet: snippet ?? '', cosine: hit.cosine, score: hit.cosine }];
    });
  }

  async #fetchOne(
    key: DocumentKey,
    shown: { readonly withVectors: boolean; readonly omitBody: boolean },
    call: CallOptions,
  ): Promise<StoredDocument | null> {
    const shard = this.#shardOf(key);
    const reply = await urgent(call, (options) => shard.ask('fetch', { keys: [key], ...shown }, options));
    return reply.documents[0]?.document ?? null;
  }

  #shardOf(key: DocumentKey): ActorRef<IndexTasks> {
    const { shards } = this.#options;
    return shards[shardOf(key, shards.length)] as ActorRef<IndexTasks>;
  }

  #askShards<Reply>(ask: (shard: ActorRef<IndexTasks>) => Promise<Reply>): Promise<Reply[]> {
    return Promise.all(this.#options.shards.map(ask));
  }
}

/** Positions of the queries that one shard task can answer together. */
function groupsOf(resolved: readonly ResolvedQuery[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [position, { query, exclude }] of resolved.entries()) {
    const { collections, limit, ef, isExact, withVectors, omitBody } = query;
    const shape = JSON.stringify([collections, limit, ef, isExact, withVectors, omitBody, exclude]);
    const group = groups.get(shape) ?? [];
    group.push(position);
    groups.set(shape, group);
  }
  return [...groups.values()];
}

function joined(vectors: readonly Float32Array[]): Float32Array {
  const first = vectors[0];
  // A view of a larger buffer would be cloned with all of that buffer on the way to the thread.
  if (vectors.length === 1 && first !== undefined && first.byteLength === first.buffer.byteLength)
    return first;
  const all = new Float32Array(vectors.reduce((sum, vector) => sum + vector.length, 0));
  let offset = 0;
  for (const vector of vectors) {
    all.set(vector, offset);
    offset += vector.length;
  }
  return all;
}

function cleanedText(text: string): string {
  const cleaned = cleanQuery(text);
  if (cleaned !== '') return cleaned;
  throw new KmsError('invalid_argument', 'the query text holds nothing to search for', {
    violations: [{ field: 'text', description: 'must hold at least one letter or digit' }],
  });
}

/** The order of the store's keys: UTF-8 bytes, which is the order of code points. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Asks in the urgent lane. A read may be repeated, so the death of a thread costs it one more try, which waits for
 * the successor; a second death is the caller's to know.
 */
async function urgent<T>(
  call: CallOptions,
  ask: (options: { lane: 'urgent'; signal: AbortSignal; deadlineMs?: number }) => Promise<T>,
): Promise<T> {
  const deadline = call.deadlineMs === null ? {} : { deadlineMs: call.deadlineMs };
  const options = { lane: 'urgent', signal: call.signal, ...deadline } as const;
  try {
    return await ask(options);
  } catch (error) {
    if (error instanceof KmsError && error.code === 'actor_down') return ask(options);
    throw error;
  }
}
