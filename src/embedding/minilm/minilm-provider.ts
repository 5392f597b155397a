// The default embedding provider: all-MiniLM-L6-v2 on this machine, without a network. Queries run at once on a session
// of the calling thread; bulk texts run on a pool of threads that step back behind it.

import { setImmediate } from 'node:timers/promises';
import { threadUrl } from '../../actor/thread-entry.ts';
import { KmsError } from '../../base/errors.ts';
import type { EmbeddedTexts, EmbeddingProvider, ModelTokenizer } from '../embedding-provider.ts';
import { Slots } from '../slots.ts';
import { embedOneByOne } from './embed-one-by-one.ts';
import { groupByCost, type TextGroup } from './group-by-cost.ts';
import { InferencePool } from './inference-pool.ts';
import { ensureMiniLmModelFile } from './minilm-model-file.ts';
import { type MiniLmSession, openMiniLmSession } from './minilm-session.ts';
import { minilmDimensions, minilmModel, type Precision } from './minilm-space.ts';
import { loadMiniLmTokenizer } from './minilm-tokenizer.ts';

export interface MiniLmProviderOptions {
  /** The model file is built in `models/` below it when it is not there yet. */
  readonly dataDir: string;
  readonly precision: Precision;
  /** Pool threads: at least 1; more than cores - 1 takes the core from queries and commits. 120 MB each. */
  readonly threadsMin: number;
  readonly threadsMax: number;
  /** Called whenever a piece of bulk work is done. */
  readonly onProgress?: () => void;
}

/** 20-25 ms of work at 50 µs a token: short against a restart, long against the 0.1 ms of handing it to a thread. */
const taskTokensMax = 448;
/** An idle thread keeps 120 MB and costs 0.4 s to start again. */
const threadIdleMs = 30_000;
/** Texts tokenised between two looks at the urgent work: about 1 ms. */
const tokeniseUnitTexts = 16;

/** The first time on a data folder takes about 2 s, later 0.7 s. Throws `data_loss` when the weights are not the pinned ones. */
export async function openMiniLmProvider(options: MiniLmProviderOptions): Promise<EmbeddingProvider> {
  const modelPath = await ensureMiniLmModelFile(options);
  const { threadsMin, threadsMax } = options;
  const pool = new InferencePool({
    entry: threadUrl(import.meta.url, './inference.thread'),
    modelPath,
    threadsMin,
    threadsMax,
    queueMax: slotsOf(threadsMax),
    idleMs: threadIdleMs,
  });
  try {
    const warmUps = Array.from({ length: threadsMin }, () => pool.run({ texts: [] }));
    const [session] = await Promise.all([openMiniLmSession(modelPath), ...warmUps]);
    return new MiniLmProvider({ options, pool, session, tokenizer: loadMiniLmTokenizer() });
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** One task at work and one waiting for each thread: a thread that is done finds the next without asking for it. */
function slotsOf(threadsMax: number): number {
  return 2 * threadsMax;
}

interface MiniLmParts {
  readonly options: MiniLmProviderOptions;
  readonly pool: InferencePool;
  readonly session: MiniLmSession;
  readonly tokenizer: ModelTokenizer;
}

class MiniLmProvider implements EmbeddingProvider {
  readonly model: string;
  readonly dimensions = minilmDimensions;
  readonly #parts: MiniLmParts;
  readonly #slots: Slots;
  readonly #bulkUnderWay = new Set<Promise<unknown>>();

  constructor(parts: MiniLmParts) {
    this.model = minilmModel(parts.options.precision);
    this.#parts = parts;
    this.#slots = new Slots(slotsOf(parts.options.threadsMax));
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
    await this.#parts.pool.close();
  }

  /** One text at a time, and a turn of the event loop between two: another query then waits for one text only. */
  async #embedHere(texts: readonly string[], signal: AbortSignal): Promise<EmbeddedTexts> {
    const { session, tokenizer } = this.#parts;
    const ids = texts.map((text) => tokenizer.encode(text));
    let isFirst = true;
    const between = async () => {
      if (!isFirst) await setImmediate();
      isFirst = false;
      signal.throwIfAborted();
    };
    const reply = await embedOneByOne(ids, (text) => session.run([text]), between);
    return { ...reply, tokens: tokensOf(ids) };
  }

  async #embedOnPool(texts: readonly string[], signal: AbortSignal): Promise<EmbeddedTexts> {
    const ids = await this.#tokenise(texts, signal);
    const vectors = new Float32Array(ids.length * minilmDimensions);
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
    { start, texts }: TextGroup,
    into: { readonly vectors: Float32Array; readonly failures: EmbeddedTexts['failures'][number][] },
  ): Promise<void> {
    const run = this.#parts.pool.run({ texts });
    this.#bulkUnderWay.add(run);
    try {
      const { vectors, failures } = await run;
      into.vectors.set(vectors, start * minilmDimensions);
      for (const { index, fault } of failures) into.failures.push({ index: start + index, fault });
      this.#parts.options.onProgress?.();
    } finally {
      this.#bulkUnderWay.delete(run);
    }
  }

  async #tokenise(texts: readonly string[], signal: AbortSignal): Promise<Int32Array[]> {
    const ids: Int32Array[] = [];
    for (const text of texts) {
      if (ids.length % tokeniseUnitTexts === tokeniseUnitTexts - 1) await setImmediate();
      signal.throwIfAborted();
      ids.push(Int32Array.from(this.#parts.tokenizer.encode(text)));
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
