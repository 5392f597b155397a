// Scores the first hits of a search by a cross-encoder, inside a time budget. It reads query and text together, which
// finds more than two vectors do and costs a run of the model for each hit: so the time is bounded, and whoever asks can
// always do without the answer.

import { threadUrl } from '../../actor/thread-entry.ts';
import type { Clock } from '../../base/clock.ts';
import { fromFault, toFault } from '../../base/errors.ts';
import type { Log } from '../../observability/logger.ts';
import { InferencePool } from '../minilm/inference-pool.ts';
import { Slots } from '../slots.ts';
import { readCrossEncoderFolder } from './cross-encoder-folder.ts';
import type { RerankTask, RerankTaskReply } from './rerank-messages.ts';

export interface RerankerOptions {
  /** With model.onnx, tokenizer.json and config.json. */
  readonly folder: string;
  /** 1 or 2: each holds the model, and takes a core from searches while it computes. */
  readonly threads: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RerankRequest {
  readonly query: string;
  /** Most promising first: they are scored in this order. */
  readonly texts: readonly string[];
  /** From now on. What is not begun by its end is dropped. */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

export type RerankReply =
  /** Probabilities in [0, 1], index-aligned with the texts. */
  | { readonly type: 'done'; readonly scores: Float32Array }
  | { readonly type: 'over_budget' }
  /** The model or its thread failed; logged when it begins to, and not again until it has worked in between. */
  | { readonly type: 'unavailable' };

export interface Reranker {
  /** Rejects only with the signal's reason. */
  rerank(request: RerankRequest): Promise<RerankReply>;
  /** Awaits the calls under way, each of which ends with its budget, and ends the threads. Later calls are `unavailable`. */
  close(): Promise<void>;
}

/** 20 to 100 ms of work with the usual models: long against the handing over, short for another search that waits. */
const textsPerTask = 4;
/** A vocabulary of 250,000 pieces (XLM-R) takes some 300 MB of JavaScript. */
const threadHeapMbMax = 1_024;
/** The threads stay: a model takes up to some seconds to load again. */
const threadIdleMs = 60_000;

/**
 * Loads the model on each thread. Throws `invalid_argument` for a folder that is no cross-encoder, `failed_precondition`
 * for a model that cannot be run as one; the text names the file and what would be right.
 */
export async function openReranker(options: RerankerOptions): Promise<Reranker> {
  const { folder, threads } = options;
  readCrossEncoderFolder(folder);
  const pool = new InferencePool<RerankTask, RerankTaskReply>({
    entry: threadUrl(import.meta.url, './rerank.thread'),
    modelPath: folder,
    threadsMin: threads,
    threadsMax: threads,
    queueMax: slotsOf(threads),
    idleMs: threadIdleMs,
    heapMbMax: threadHeapMbMax,
  });
  try {
    const warmUp: RerankTask = { query: '', texts: [], deadlineMs: 0 };
    const replies = await Promise.all(Array.from({ length: threads }, () => pool.run(warmUp)));
    for (const reply of replies) if (reply.type === 'failed') throw fromFault(reply.fault);
    return new CrossEncoderReranker(options, pool);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** One task at work and one waiting for each thread: a thread that is done finds the next without asking for it. */
function slotsOf(threads: number): number {
  return 2 * threads;
}

/** What ends the scoring before its end. */
const budgetIsOver = Symbol('budget is over');

class CrossEncoderReranker implements Reranker {
  readonly #options: RerankerOptions;
  readonly #pool: InferencePool<RerankTask, RerankTaskReply>;
  readonly #slots: Slots;
  /** Bounded by the searches that the engine lets in. */
  readonly #calls = new Set<Promise<RerankReply>>();
  #isFailing = false;
  #isClosed = false;

  constructor(options: RerankerOptions, pool: InferencePool<RerankTask, RerankTaskReply>) {
    this.#options = options;
    this.#pool = pool;
    this.#slots = new Slots(slotsOf(options.threads));
  }

  async rerank(request: RerankRequest): Promise<RerankReply> {
    request.signal.throwIfAborted();
    if (this.#isClosed) return { type: 'unavailable' };
    if (request.budgetMs <= 0) return { type: 'over_budget' };
    const call = this.#rerank(request);
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#calls);
    await this.#pool.close();
  }

  async #rerank(request: RerankRequest): Promise<RerankReply> {
    const { budgetMs, signal } = request;
    const { clock } = this.#options;
    const deadlineMs = clock.nowMs() + budgetMs;
    const stop = new AbortController();
    const timer = clock.setTimer(budgetMs, () => stop.abort(budgetIsOver));
    const onAbort = () => stop.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const scores = await this.#scoreAll(request, { deadlineMs, stop });
      this.#isFailing = false;
      return { type: 'done', scores };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error === budgetIsOver) return { type: 'over_budget' };
      this.#noteFailure(error);
      return { type: 'unavailable' };
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Rejects at once with the reason of `stop`; tasks that are under way then end by themselves, at the deadline. */
  async #scoreAll(
    { query, texts }: RerankRequest,
    { deadlineMs, stop }: { readonly deadlineMs: number; readonly stop: AbortController },
  ): Promise<Float32Array> {
    const scores = new Float32Array(texts.length);
    const stopped = rejectionOf(stop.signal);
    const runs: Promise<void>[] = [];
    for (let start = 0; start < texts.length; start += textsPerTask) {
      const release = await this.#slots.acquire(stop.signal);
      const task = { query, texts: texts.slice(start, start + textsPerTask), deadlineMs };
      const run = this.#runTask(task, (part) => scores.set(part, start)).finally(release);
      // The first failure ends the rest, and is the reason that the caller gets.
      run.catch((error: unknown) => stop.abort(error));
      runs.push(run);
    }
    await Promise.race([Promise.all(runs), stopped]);
    return scores;
  }

  async #runTask(task: RerankTask, keep: (scores: Float32Array) => void): Promise<void> {
    const reply = await this.#pool.run(task);
    if (reply.type === 'failed') throw fromFault(reply.fault);
    if (reply.scores.length < task.texts.length) throw budgetIsOver;
    keep(reply.scores);
  }

  /** Once for a model that fails each search, not once a search. */
  #noteFailure(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const { code, message, facts } = toFault(error);
    const { folder } = this.#options;
    this.#options.log.warn({ folder, code, fault: message, facts }, 'reranking fails; hits keep their order');
  }
}

/** Rejects when the signal is aborted, with its reason. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  // It may be that nobody waits for it any more.
  rejection.catch(() => {});
  return rejection;
}
