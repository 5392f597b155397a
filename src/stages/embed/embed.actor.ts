// The embed actor: owns the provider (its pool of threads, its session for queries) and the cache.

import type { ActorBehavior, ActorContext, ActorStats, TaskContext } from '../../actor/actor.ts';
import { assert } from '../../base/assert.ts';
import { EmbeddingCache } from '../../embedding/embedding-cache.ts';
import type { EmbeddingProvider } from '../../embedding/embedding-provider.ts';
import { openMiniLmProvider } from '../../embedding/minilm/minilm-provider.ts';
import type { Precision } from '../../embedding/minilm/minilm-space.ts';
import { CachedEmbedder } from './cached-embedder.ts';
import type { EmbedBatch, EmbeddedBatch, EmbedTasks } from './embed-messages.ts';
import { QueryEmbedder } from './query-embedder.ts';

export interface EmbedInit {
  readonly dataDir: string;
  /** Default `int8`. */
  readonly precision?: Precision;
  /** See model/vector-space.ts: part of each cache key. */
  readonly cleanerVersion: number;
  /** Inference threads for bulk work: kept at least, and at most. Cores - 1 leaves one for queries and commits. */
  readonly threadsMin: number;
  readonly threadsMax: number;
  readonly cacheBytesMax: number;
}

/** Batches under way at once: while one waits for its last texts, the others keep every pool thread busy. */
const bulkConcurrency = 4;
/** Building the model file, loading it and starting the threads take about 2 s on a free machine. */
const startSecondsMax = 120;

/** `open` is how the provider is opened; given by tests only. */
export function createEmbedActor(
  context: ActorContext,
  init: EmbedInit,
  open: typeof openMiniLmProvider = openMiniLmProvider,
): ActorBehavior<EmbedTasks> {
  return new EmbedActor(context, init, open);
}

interface Opened {
  readonly provider: EmbeddingProvider;
  readonly cache: EmbeddingCache;
  readonly bulk: CachedEmbedder;
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
  readonly #openProvider: typeof openMiniLmProvider;
  #opened: Opened | null = null;

  constructor(context: ActorContext, init: EmbedInit, openProvider: typeof openMiniLmProvider) {
    this.#context = context;
    this.#init = init;
    this.#openProvider = openProvider;
  }

  async start(): Promise<void> {
    const { precision = 'int8', dataDir, threadsMin, threadsMax, cleanerVersion, cacheBytesMax } = this.#init;
    const leaveNativeCall = this.#context.enterNativeCall(startSecondsMax);
    try {
      const onProgress = () => this.#context.progress();
      const provider = await this.#openProvider({ dataDir, precision, threadsMin, threadsMax, onProgress });
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
    await opened?.cache.close();
  }

  stats(): ActorStats {
    if (this.#opened === null) return {};
    const { provider, cache } = this.#opened;
    return {
      model: provider.model,
      dimensions: provider.dimensions,
      cache_entries: cache.entries,
      cache_entries_max: cache.entriesMax,
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
