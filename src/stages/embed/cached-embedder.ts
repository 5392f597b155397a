// Bulk embedding: each text is paid for once. Texts that occur twice, in one batch or in two that are under way at the
// same time, share one computation; what is in the cache costs none. Pure but for its two dependencies.

import { fromFault } from '../../base/errors.ts';
import type { EmbeddingCache } from '../../embedding/embedding-cache.ts';
import {
  type EmbeddedTexts,
  type EmbeddingProvider,
  isOwnFault,
} from '../../embedding/embedding-provider.ts';
import type { EmbeddedBatch } from './embed-messages.ts';

export interface CachedEmbedderParts {
  readonly provider: EmbeddingProvider;
  readonly cache: Pick<EmbeddingCache, 'keyOf' | 'read' | 'write'>;
  /** A cache that cannot be written slows the engine down and breaks nothing: the owner logs it. */
  readonly onCacheError: (error: unknown) => void;
}

/** A computation under way; `index` is the text's place in it. */
interface Pending {
  readonly batch: Promise<EmbeddedTexts>;
  readonly index: number;
}

/** The rows of the result that one text fills. */
interface Want {
  readonly text: string;
  readonly key: Buffer;
  readonly id: string;
  readonly rows: number[];
}

type Failures = EmbeddedBatch['failures'][number][];

export class CachedEmbedder {
  readonly #parts: CachedEmbedderParts;
  /** By key; at most the texts of the tasks under way and of one commit of the cache. */
  readonly #pending = new Map<string, Pending>();
  readonly #writes = new Set<Promise<void>>();

  constructor(parts: CachedEmbedderParts) {
    this.#parts = parts;
  }

  /**
   * Vectors in the order of the texts. `cacheHits` counts the texts that cost nothing: from the cache, or computed for
   * an equal text. Throws what the provider throws, and when `signal` aborts. When the provider got through a part only,
   * that part is kept and the reason why it stopped is thrown: sent again, the batch pays for the rest alone.
   */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<EmbeddedBatch> {
    const { dimensions } = this.#parts.provider;
    const vectors = new Float32Array(texts.length * dimensions);
    const failures: Failures = [];
    let wanted = this.#readCached(this.#wants(texts), vectors);
    let computed = 0;
    let tokens = 0;
    while (wanted.length > 0) {
      const shared = wanted.filter(({ id }) => this.#pending.has(id));
      const own = wanted.filter(({ id }) => !this.#pending.has(id));
      const joined = shared.map((want) => ({ want, pending: this.#pending.get(want.id) as Pending }));
      if (own.length > 0) {
        const embedded = await this.#compute(own, signal);
        // What got through is in the cache by now; the batch as a whole is to be sent again.
        const unfinished = embedded.failures.find(({ fault }) => !isOwnFault(fault));
        if (unfinished !== undefined) throw fromFault(unfinished.fault);
        own.forEach((want, index) => {
          this.#fill(want, { embedded, index }, { vectors, failures });
        });
        computed += own.length;
        tokens += embedded.tokens;
      }
      wanted = [];
      for (const { want, pending } of joined) {
        const embedded = await unlessAborted(pending.batch, signal);
        // The other task was cancelled or failed as a whole: that is its fate, not ours, so this one computes it.
        if (embedded === null || isUnfinished(embedded, pending.index)) wanted.push(want);
        else this.#fill(want, { embedded, index: pending.index }, { vectors, failures });
      }
    }
    return { vectors, cacheHits: texts.length - computed, tokens, failures };
  }

  /** Waits for what is still on its way into the cache. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }

  #wants(texts: readonly string[]): Want[] {
    const wants = new Map<string, Want>();
    for (const [row, text] of texts.entries()) {
      const want = wants.get(text);
      if (want !== undefined) {
        want.rows.push(row);
        continue;
      }
      const key = this.#parts.cache.keyOf(text);
      wants.set(text, { text, key, id: key.toString('latin1'), rows: [row] });
    }
    return [...wants.values()];
  }

  /** Fills in what the cache has; returns the rest. */
  #readCached(wants: readonly Want[], vectors: Float32Array): Want[] {
    const { provider, cache } = this.#parts;
    const row = new Float32Array(provider.dimensions);
    return wants.filter(({ key, rows }) => {
      if (!cache.read(key, row)) return true;
      for (const index of rows) vectors.set(row, index * provider.dimensions);
      return false;
    });
  }

  async #compute(wants: readonly Want[], signal: AbortSignal): Promise<EmbeddedTexts> {
    const { provider } = this.#parts;
    const texts = wants.map(({ text }) => text);
    const batch = provider.embed(texts, { lane: 'bulk', signal });
    for (const [index, { id }] of wants.entries()) this.#pending.set(id, { batch, index });
    try {
      const embedded = await batch;
      // Before anybody looks again: what is not finished is under way no more.
      this.#forget(wants.filter((_, index) => isUnfinished(embedded, index)));
      this.#store(wants, embedded);
      return embedded;
    } catch (error) {
      this.#forget(wants);
      throw error;
    }
  }

  /** Files the vectors without making the batch wait; they stay pending until the cache can be read. */
  #store(wants: readonly Want[], { vectors, failures }: EmbeddedTexts): void {
    const { provider, cache, onCacheError } = this.#parts;
    const failed = new Set(failures.map(({ index }) => index));
    const rows = wants
      .map(({ key }, index) => ({ key, vector: rowOf(vectors, index, provider.dimensions), index }))
      .filter(({ index }) => !failed.has(index));
    const write = cache
      .write(rows)
      .catch(onCacheError)
      .finally(() => {
        // Not the unfinished ones: another batch may be at them by now.
        this.#forget(wants.filter((_, index) => !isUnfinished({ failures }, index)));
        this.#writes.delete(write);
      });
    this.#writes.add(write);
  }

  #forget(wants: readonly Want[]): void {
    for (const { id } of wants) this.#pending.delete(id);
  }

  #fill(
    want: Want,
    from: { readonly embedded: EmbeddedTexts; readonly index: number },
    into: { readonly vectors: Float32Array; readonly failures: Failures },
  ): void {
    const { dimensions } = this.#parts.provider;
    const row = rowOf(from.embedded.vectors, from.index, dimensions);
    const failure = from.embedded.failures.find(({ index }) => index === from.index);
    for (const index of want.rows) {
      into.vectors.set(row, index * dimensions);
      if (failure !== undefined) into.failures.push({ index, fault: failure.fault });
    }
  }
}

function isUnfinished({ failures }: Pick<EmbeddedTexts, 'failures'>, index: number): boolean {
  const failure = failures.find((each) => each.index === index);
  return failure !== undefined && !isOwnFault(failure.fault);
}

function rowOf(vectors: Float32Array, index: number, dimensions: number): Float32Array {
  return vectors.subarray(index * dimensions, (index + 1) * dimensions);
}

/** The other task's result, or null when it failed. Throws this task's reason when this one is aborted meanwhile. */
async function unlessAborted(
  batch: Promise<EmbeddedTexts>,
  signal: AbortSignal,
): Promise<EmbeddedTexts | null> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([batch.catch(() => null), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
