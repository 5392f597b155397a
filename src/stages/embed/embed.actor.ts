// The embed actor: owns the provider (its pool of threads, its session for queries) and the cache.

import type { ActorBehavior, ActorContext, ActorStats, TaskContext } from '../../actor/actor.ts';
import { assert } from '../../base/assert.ts';
import { EmbeddingCache } from '../../embedding/embedding-cache.ts';
import type { EmbeddingLimits } from '../../embedding/embedding-limits.ts';
import type { EmbeddingProvider } from '../../embedding/embedding-provider.ts';
import { openEmbeddingProvider } from '../../embedding/open-provider.ts';
import type { ProviderEvents } from '../../embedding/provider-events.ts';
import type { EmbeddingSpec } from '../../model/embedding-spec.ts';
import { CachedEmbedder } from './cached-embedder.ts';
import type { EmbedBatch, EmbeddedBatch, EmbedTasks } from './embed-messages.ts';
import { QueryEmbedder } from './query-embedder.ts';

export interface EmbedInit {
  readonly dataDir: string;
  readonly spec: EmbeddingSpec;
  /** See model/vector-space.ts: part of each cache key. */
  readonly cleanerVersion: number;
  /** Inference threads for bulk work: kept at least, and at most. Cores - 1 leaves one for queries and commits. */
  readonly threadsMin: number;
  readonly threadsMax: number;
  readonly cacheBytesMax: number;
  /** What may be sent to a service; a model on this machine has no such limits. */
  readonly limits: EmbeddingLimits;
}

/** Batches under way at once: while one waits for its last texts, the others keep every pool thread busy. */
const bulkConcurrency = 4;
/** Building the model file, loading it and starting the threads take about 2 s on a free machine. */
const startSecondsMax = 120;

/** `open` is how the provider is opened; given by tests only. */
export function createEmbedActor(
  context: ActorContext,
  init: EmbedInit,
  open: typeof openEmbeddingProvider = openEmbeddingProvider,
): ActorBehavior<EmbedTasks> {
  return new EmbedActor(context, init, open);
}

interface Opened {
  readonly provider: EmbeddingProvider;
  /** Null: keeping a vector costs more than computing it again. */
  readonly cache: EmbeddingCache | null;
  readonly bulk: Pick<CachedEmbedder, 'embed' | 'drain'>;
  readonly queries: QueryEmbedder;
}

class EmbedActor implements ActorBehavior<EmbedTasks> {
  readonly bulkConcurrency = bulkConcurrency;
  readonly tasks: ActorBehavior<EmbedTasks>['tasks'] = {
    embed: (batch, task) => this.#embed(batch, task),
    embedQueries: (batch, task) => this.#embedQueries(batch, task),
  };
  readonly #context: ActorContext;
  readonly #init: EmbedInit;
  readonly #openProvider: typeof openEmbeddingProvider;
  #opened: Opened | null = null;
  /** Tokens of a model that is being made. */
  #prepared = 0;

  constructor(context: ActorContext, init: EmbedInit, openProvider: typeof openEmbeddingProvider) {
    this.#context = context;
    this.#init = init;
    this.#openProvider = openProvider;
  }

  async start(): Promise<void> {
    const { spec, dataDir, cleanerVersion, cacheBytesMax, ...rest } = this.#init;
    const leaveNativeCall = this.#context.enterNativeCall(startSecondsMax);
    try {
      const { clock } = this.#context;
      const events = this.#providerEvents();
      const provider = await this.#openProvider(spec, { ...rest, dataDir, clock, env: process.env, events });
      if (provider.isCheap === true) {
        this.#opened = {
          provider,
          cache: null,
          bulk: uncached(provider),
          queries: new QueryEmbedder(provider),
        };
        return;
      }
      const cache = new EmbeddingCache({
        dataDir,
        bytesMax: cacheBytesMax,
        model: provider.model,
        dimensions: provider.dimensions,
        cleanerVersion,
        onReset: (cause) =>
          this.#context.log.warn({ err: cause }, 'embedding cache was damaged, started afresh'),
      });
      const onCacheError = (error: unknown) =>
        this.#context.log.warn({ err: error }, 'embedding cache cannot be written');
      const bulk = new CachedEmbedder({ provider, cache, onCacheError });
      this.#opened = { provider, cache, bulk, queries: new QueryEmbedder(provider) };
    } finally {
      leaveNativeCall();
    }
  }

  async drain(): Promise<void> {
    await this.#opened?.bulk.drain();
  }

  /** Threads first: none of them may be inside a native call when this thread ends. */
  async stop(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.provider.close();
    await opened?.bulk.drain();
    await opened?.cache?.close();
  }

  stats(): ActorStats {
    if (this.#opened === null) return {};
    const { provider, cache } = this.#opened;
    return {
      ...provider.stats?.(),
      model: provider.model,
      dimensions: provider.dimensions,
      cache_entries: cache?.entries ?? 0,
      cache_entries_max: cache?.entriesMax ?? 0,
    };
  }

  async #embed({ texts }: EmbedBatch, task: TaskContext): Promise<EmbeddedBatch> {
    const embedded = await this.#running().bulk.embed(texts, task.signal);
    const misses = texts.length - embedded.cacheHits;
    this.#context.count('kms_embedding_cache_hits_total', embedded.cacheHits);
    this.#context.count('kms_embedding_cache_misses_total', misses);
    return this.#reply(embedded, task);
  }

  async #embedQueries({ texts }: EmbedBatch, task: TaskContext): Promise<EmbeddedBatch> {
    return this.#reply(await this.#running().queries.embed(texts, task.signal), task);
  }

  #providerEvents(): ProviderEvents {
    const { count, log, progress } = this.#context;
    return {
      onProgress: () => progress(),
      onPrepared: (done, total) => {
        // Four lines a model, and the last one says that it is there.
        if (done === total || Math.floor((4 * done) / total) > Math.floor((4 * this.#prepared) / total))
          log.info({ done, total }, 'embedding model is being distilled, once for this data folder');
        this.#prepared = done;
      },
      onRequest: (outcome) => count('kms_embedding_requests_total', 1, { outcome }),
      onWaited: (seconds) => count('kms_embedding_throttled_seconds_total', seconds),
      onSpent: (dollars) => count('kms_embedding_cost_dollars_total', dollars),
      onBreaker: (state, reason) => {
        count('kms_embedding_breaker_changes_total', 1, { state });
        if (state === 'open') log.warn({ reason }, 'embedding service is down, requests stop for a while');
        if (state === 'closed') log.info({}, 'embedding service is back');
      },
      onStoreError: (error) => log.warn({ err: error }, "the day's spending cannot be written"),
    };
  }

  #reply(embedded: EmbeddedBatch, task: TaskContext): EmbeddedBatch {
    this.#context.count('kms_embedding_tokens_total', embedded.tokens);
    this.#context.progress();
    return task.transfer(embedded, [embedded.vectors.buffer]);
  }

  #running(): Opened {
    assert(this.#opened !== null, 'tasks are handled between start and stop');
    return this.#opened;
  }
}

function uncached(provider: EmbeddingProvider): Opened['bulk'] {
  return {
    embed: async (texts, signal) => ({
      ...(await provider.embed(texts, { lane: 'bulk', signal })),
      cacheHits: 0,
    }),
    drain: async () => undefined,
  };
}
