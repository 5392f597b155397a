// A model on this machine, without a network. Queries run at once on a session of the calling thread; bulk texts run on
// a pool of threads that step back behind it.

import { setImmediate } from 'node:timers/promises';
import { KmsError } from '../base/errors.ts';
import type { EmbeddedTexts, EmbeddingProvider, ModelTokenizer } from './embedding-provider.ts';
import { embedInRuns } from './minilm/embed-in-runs.ts';
import { groupByCost, type TextGroup } from './minilm/group-by-cost.ts';
import type { InferenceSession } from './minilm/inference-messages.ts';
import { InferencePool } from './minilm/inference-pool.ts';
import { Slots } from './slots.ts';

export interface LocalProviderOptions {
  readonly model: string;
  readonly dimensions: number;
  readonly tokenizer: ModelTokenizer;
  /** The pool threads' entry, and what it opens. */
  readonly entry: URL;
  readonly modelPath: string;
  /** Opens the same on the calling thread. */
  readonly openSession: (modelPath: string) => Promise<InferenceSession>;
  /** Pool threads: at least 1; more than cores - 1 takes the core from queries and commits. */
  readonly threadsMin: number;
  readonly threadsMax: number;
  /** Called whenever a piece of bulk work is done. */
  readonly onProgress?: () => void;
}

/** 10-25 ms of work at 25-50 µs a token: short against a restart, long against the 0.1 ms of handing it to a thread. */
const taskTokensMax = 448;
/** An idle thread keeps 120 MB (of our own inference's, 10) and costs up to 0.4 s to start again. */
const threadIdleMs = 30_000;
/** Texts tokenised between two looks at the urgent work: about 1 ms. */
const tokeniseUnitTexts = 16;

/** Resolves when the model is loaded on the calling thread; `threadsMin` threads of the pool load it after that. Throws what `openSession` throws. */
export async function openLocalProvider(options: LocalProviderOptions): Promise<EmbeddingProvider> {
  const { entry, modelPath, threadsMin, threadsMax, openSession } = options;
  const pool = new InferencePool({
    entry,
    modelPath,
    threadsMin,
    threadsMax,
    queueMax: slotsOf(threadsMax),
    tasksPerThread,
    idleMs: threadIdleMs,
  });
  try {
    // Bulk work can wait for its threads, readiness need not: a thread that fails here fails again at the first task,
    // whose caller hears of it.
    // And this thread first: where they share the model, a niced one would keep it waiting.
    const session = await openSession(modelPath);
    for (let i = 0; i < threadsMin; i++) pool.run({ texts: [] }).catch(() => undefined);
    return new LocalProvider(options, pool, session);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** One at work and one waiting: a thread that is done finds the next without asking for it. */
const tasksPerThread = 2;

function slotsOf(threadsMax: number): number {
  return tasksPerThread * threadsMax;
}

class LocalProvider implements EmbeddingProvider {
  readonly model: string;
  readonly dimensions: number;
  readonly #options: LocalProviderOptions;
  readonly #pool: InferencePool;
  readonly #session: InferenceSession;
  readonly #slots: Slots;
  readonly #bulkUnderWay = new Set<Promise<unknown>>();

  constructor(options: LocalProviderOptions, pool: InferencePool, session: InferenceSession) {
    this.model = options.model;
    this.dimensions = options.dimensions;
    this.#options = options;
    this.#pool = pool;
    this.#session = session;
    this.#slots = new Slots(slotsOf(options.threadsMax));
  }

  async embed(
    texts: readonly string[],
    { lane, signal }: Parameters<EmbeddingProvider['embed']>[1],
  ): Promise<EmbeddedTexts> {
    try {
      return lane === 'urgent'
        ? await this.#embedHere(texts, signal)
        : await this.#embedOnPool(texts, signal);
    } catch (error) {
      if (signal.aborted && !(error instanceof KmsError)) {
        throw new KmsError('cancelled', 'embedding was cancelled', { cause: error });
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#bulkUnderWay);
    await this.#pool.close();
  }

  /** A run at a time, and a turn of the event loop between two: another query then waits for one run only. */
  async #embedHere(texts: readonly string[], signal: AbortSignal): Promise<EmbeddedTexts> {
    const ids = texts.map((text) => this.#options.tokenizer.encode(text));
    let isFirst = true;
    const between = async () => {
      if (!isFirst) await setImmediate();
      isFirst = false;
      signal.throwIfAborted();
    };
    const reply = await embedInRuns(ids, { session: this.#session, dimensions: this.dimensions, between });
    return { ...reply, tokens: tokensOf(ids) };
  }

  async #embedOnPool(texts: readonly string[], signal: AbortSignal): Promise<EmbeddedTexts> {
    const ids = await this.#tokenise(texts, signal);
    const vectors = new Float32Array(ids.length * this.dimensions);
    const failures: EmbeddedTexts['failures'][number][] = [];
    const runs: Promise<void>[] = [];
    let hasFailed = false;
    for (const group of groupByCost(ids, taskTokensMax)) {
      const release = await this.#slots.acquire(signal).catch(settleAfter(runs));
      if (hasFailed) {
        release();
        break;
      }
      const run = this.#runGroup(group, { vectors, failures }).finally(release);
      run.catch(() => {
        hasFailed = true;
      });
      runs.push(run);
    }
    await Promise.all(runs).catch(settleAfter(runs));
    return { vectors, tokens: tokensOf(ids), failures };
  }

  async #runGroup(
    { start, texts }: TextGroup<Int32Array>,
    into: { readonly vectors: Float32Array; readonly failures: EmbeddedTexts['failures'][number][] },
  ): Promise<void> {
    const run = this.#pool.run({ texts });
    this.#bulkUnderWay.add(run);
    try {
      const { vectors, failures } = await run;
      into.vectors.set(vectors, start * this.dimensions);
      for (const { index, fault } of failures) into.failures.push({ index: start + index, fault });
      this.#options.onProgress?.();
    } finally {
      this.#bulkUnderWay.delete(run);
    }
  }

  async #tokenise(texts: readonly string[], signal: AbortSignal): Promise<Int32Array[]> {
    const ids: Int32Array[] = [];
    for (const text of texts) {
      if (ids.length % tokeniseUnitTexts === tokeniseUnitTexts - 1) await setImmediate();
      signal.throwIfAborted();
      ids.push(Int32Array.from(this.#options.tokenizer.encode(text)));
    }
    return ids;
  }
}

/** Rethrows once all runs have settled: they are short, and none may outlive the call that wanted it. */
function settleAfter(runs: readonly Promise<unknown>[]): (error: unknown) => Promise<never> {
  return async (error) => {
    await Promise.allSettled(runs);
    throw error;
  };
}

function tokensOf(texts: readonly ArrayLike<number>[]): number {
  return texts.reduce((tokens, text) => tokens + text.length, 0);
}
