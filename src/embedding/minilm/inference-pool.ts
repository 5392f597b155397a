// Piscina with the promises that the engine needs: every call settles, whatever becomes of the threads. By itself
// Piscina gives up silently on a pool whose thread died while loading (what is queued then waits for ever), and it ends
// threads that are still computing when a running task is aborted or, with several threads, when the pool is closed;
// see native-gate.ts for what that does. So a pool in which a thread died is replaced whole by the next call, no signal
// is ever passed to it, and the gate is shut before threads end.

import { Piscina } from 'piscina';
import { workerStart } from '../../actor/thread-entry.ts';
import { assert } from '../../base/assert.ts';
import { KmsError } from '../../base/errors.ts';
import type { InferenceReply, InferenceRequest, InferenceThreadData } from './inference-messages.ts';
import { NativeGate } from './native-gate.ts';

export interface InferencePoolOptions {
  /** inference.thread, as .ts or .js. */
  readonly entry: URL;
  readonly modelPath: string;
  readonly threadsMin: number;
  readonly threadsMax: number;
  /** Tasks that may wait for a thread; one more is refused with `resource_exhausted`. */
  readonly queueMax: number;
  /** A thread above the minimum ends after being idle for so long. */
  readonly idleMs: number;
  /**
   * Tasks that may be in a thread's hands; default 1. With 2 the next one lies there before the first is done, and the
   * thread never waits until the owner's has woken up and sent it; the thread's own entry does one after the other.
   */
  readonly tasksPerThread?: number;
  /** Of a thread's JavaScript, in MiB; default: enough for one that is given token ids. The model lies outside. */
  readonly heapMbMax?: number;
}

/** A native call is a run, of one text or of some short ones, or the loading of the model; a second is three times the longest seen. */
const nativeCallMsMax = 1_000;

const heapMbMaxDefault = 128;

/** One Piscina, from its threads' start to their end. */
interface Generation<Request, Reply> {
  readonly piscina: Piscina<Request, Reply>;
  readonly gate: NativeGate;
  /** Fails a call under way; at most threadsMax + queueMax of them. */
  readonly failCalls: Set<(error: KmsError) => void>;
  isEnding: boolean;
}

export class InferencePool<Request = InferenceRequest, Reply = InferenceReply> {
  readonly #options: InferencePoolOptions;
  /** Null after a thread's death, until the next call: a thread that cannot start is not started in a tight loop. */
  #generation: Generation<Request, Reply> | null;
  #isClosed = false;
  /** Runs on process.exit and on an uncaught exception of this thread, before Node ends the pool's threads. */
  readonly #onExit = () => {
    this.#generation?.gate.shut(nativeCallMsMax);
  };

  constructor(options: InferencePoolOptions) {
    assert(options.threadsMin >= 1 && options.threadsMin <= options.threadsMax, 'threads: 1 <= min <= max');
    this.#options = options;
    this.#generation = this.#open();
    process.on('exit', this.#onExit);
  }

  get threads(): number {
    return this.#generation?.piscina.threads.length ?? 0;
  }

  /** Rejects with `unavailable` when a thread of the pool dies, with `resource_exhausted` when the queue is full. */
  async run(request: Request): Promise<Reply> {
    if (this.#isClosed) throw new KmsError('unavailable', 'inference pool is closed');
    this.#generation ??= this.#open();
    const generation = this.#generation;
    const { piscina, failCalls } = generation;
    const { queueMax } = this.#options;
    if (piscina.queueSize >= queueMax) {
      throw new KmsError('resource_exhausted', 'inference queue is full', { facts: { queueMax } });
    }
    const { promise, resolve, reject } = deferred<Reply>();
    failCalls.add(reject);
    piscina.run(request).then(resolve, (cause: unknown) => this.#retire(generation, cause));
    try {
      return await promise;
    } finally {
      failCalls.delete(reject);
    }
  }

  /** Fails the calls under way (the owner awaits them first if it wants them) and ends the threads. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    process.off('exit', this.#onExit);
    if (this.#generation === null) return;
    await end(this.#generation, new KmsError('unavailable', 'inference pool is closed'));
  }

  #open(): Generation<Request, Reply> {
    const { entry, modelPath, threadsMin, threadsMax, queueMax, idleMs, heapMbMax, tasksPerThread } =
      this.#options;
    const { file, loaderData } = workerStart(entry);
    const gate = new NativeGate();
    const threadData: InferenceThreadData = { modelPath, gateMemory: gate.memory };
    const piscina = new Piscina<Request, Reply>({
      filename: file.href,
      workerData: { ...threadData, ...loaderData },
      minThreads: threadsMin,
      maxThreads: threadsMax,
      maxQueue: queueMax,
      concurrentTasksPerWorker: tasksPerThread ?? 1,
      idleTimeout: idleMs,
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax ?? heapMbMaxDefault },
    });
    const generation: Generation<Request, Reply> = { piscina, gate, failCalls: new Set(), isEnding: false };
    piscina.on('error', (cause: unknown) => this.#retire(generation, cause));
    return generation;
  }

  /** A thread died, with a task in its hands or without: what waits in its pool may never run. */
  #retire(generation: Generation<Request, Reply>, cause: unknown): void {
    if (generation === this.#generation) this.#generation = null;
    const reason = new KmsError('unavailable', 'inference thread died', { cause });
    end(generation, reason).catch((error: unknown) => {
      process.emitWarning(`ending the threads of a broken inference pool failed: ${String(error)}`);
    });
  }
}

/** Ending fails calls, whose failure is a reason to end: only the first time counts. */
async function end<Request, Reply>(generation: Generation<Request, Reply>, reason: KmsError): Promise<void> {
  if (generation.isEnding) return;
  generation.isEnding = true;
  const { piscina, gate, failCalls } = generation;
  for (const fail of failCalls) fail(reason);
  gate.shut(nativeCallMsMax);
  await piscina.destroy();
}

function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: KmsError) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: KmsError) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
