// The thread's side of an actor without the thread: given two ports and a progress word, it makes the behavior, serves
// its tasks, and answers the supervisor's control calls.

import type { MessagePort } from 'node:worker_threads';
import { type Endpoint, expose } from 'comlink';
import { type Clock, sleep, type Timer } from '../base/clock.ts';
import { toFault } from '../base/errors.ts';
import type { ActorBehavior, ActorContext, TasksOf } from './actor.ts';
import type { ActorControl, ControlReply, ThreadStats } from './control-protocol.ts';
import { watchGcPauses } from './gc-pauses.ts';
import { MetricBatch } from './metric-batch.ts';
import type { ProgressWord } from './progress-word.ts';
import { type AnyTasks, TaskLoop } from './task-loop.ts';
import { threadLog } from './thread-log.ts';
import { measureVitals } from './thread-vitals.ts';
import type { FromThread } from './work-protocol.ts';

export type ActorFactory<T extends TasksOf<T>> = (context: ActorContext, init: unknown) => ActorBehavior<T>;

export interface ActorServiceParts {
  readonly name: string;
  readonly init: unknown;
  readonly workPort: MessagePort;
  readonly controlPort: MessagePort;
  readonly progress: ProgressWord;
  readonly clock: Clock;
  /** Ends the thread; called once, after the ports have carried the last message. */
  exit(code: number): void;
}

const reportIntervalMs = 1_000;
// How long a running handler may take to hear its abort signal before the behavior is closed under it.
const abortGraceMs = 2_000;

export class ActorService implements ActorControl {
  readonly #parts: ActorServiceParts;
  readonly #loop: TaskLoop;
  readonly #batch: MetricBatch;
  readonly #context: ActorContext;
  readonly #behavior: ActorBehavior<AnyTasks>;
  readonly #readVitals = measureVitals();
  readonly #stopWatching: () => void;
  #reportTimer: Timer;
  #started: Promise<ControlReply<null>> | null = null;

  constructor(
    parts: ActorServiceParts,
    factory: (context: ActorContext, init: unknown) => ActorBehavior<AnyTasks>,
  ) {
    this.#parts = parts;
    this.#loop = new TaskLoop({ port: parts.workPort, clock: parts.clock, progress: parts.progress });
    this.#batch = new MetricBatch((deltas) => this.#post({ type: 'counts', deltas }));
    this.#context = this.#makeContext();
    this.#behavior = factory(this.#context, parts.init);
    this.#reportTimer = parts.clock.setTimer(reportIntervalMs, () => this.#report());
    this.#stopWatching = watchGcPauses((kind, seconds) =>
      this.#context.observe('kms_gc_pause_seconds', seconds, { actor: parts.name, kind }),
    );
    // A message that cannot be read is a lost task: crash rather than leave its asker waiting.
    parts.workPort.on('messageerror', (error) => {
      throw error;
    });
  }

  start(): Promise<ControlReply<null>> {
    this.#parts.progress.enter('busy');
    this.#started ??= replyOf(async () => {
      await this.#behavior.start();
      this.#loop.open(this.#behavior);
      return null;
    });
    return this.#started.then(async (reply) => {
      if (!reply.isOk) await this.#closeAfterFailedStart();
      return reply;
    });
  }

  drain(): Promise<ControlReply<null>> {
    return replyOf(async () => {
      await this.#loop.whenEmpty();
      await this.#behavior.drain?.();
      this.#batch.flush();
      return null;
    });
  }

  async stop(): Promise<ControlReply<null>> {
    // A start cannot be interrupted; one that failed has closed everything and ended the thread already.
    if (this.#started && !(await this.#started).isOk) return { isOk: true, value: null };
    this.#loop.close();
    await Promise.race([this.#loop.whenEmpty(), sleep(this.#parts.clock, abortGraceMs)]);
    const reply = await replyOf(async () => {
      if (this.#started) await this.#behavior.stop();
      this.#batch.flush();
      return null;
    });
    this.#end(reply.isOk ? 0 : 1);
    return reply;
  }

  stats(): Promise<ControlReply<ThreadStats>> {
    return replyOf(async () => ({ stats: this.#behavior.stats?.() ?? {}, ...this.#readVitals() }));
  }

  #makeContext(): ActorContext {
    const { name, progress, clock } = this.#parts;
    return {
      name,
      clock,
      log: threadLog((message) => this.#post(message)),
      count: (metric, by, labels) => this.#batch.count(metric, by, labels),
      observe: (metric, seconds, labels) => this.#batch.observe(metric, seconds, labels),
      progress: () => progress.bump(),
      giveWay: () => this.#loop.giveWay(),
      enterNativeCall: (secondsMax) => progress.enterNativeCall(clock, secondsMax),
      wake: () => this.#loop.wake(),
    };
  }

  #report(): void {
    this.#batch.flush();
    this.#post({ type: 'vitals', vitals: this.#readVitals() });
    this.#reportTimer = this.#parts.clock.setTimer(reportIntervalMs, () => this.#report());
  }

  /** What was opened before the failure has to be closed before a successor may open it. */
  async #closeAfterFailedStart(): Promise<void> {
    const closed = await replyOf(() => this.#behavior.stop());
    if (!closed.isOk)
      this.#context.log.warn({ fault: closed.fault }, 'closing after a failed start failed too');
    this.#end(1);
  }

  #end(code: number): void {
    this.#reportTimer.cancel();
    this.#stopWatching();
    // After the control reply: that is posted in a microtask, and this runs behind all of those.
    setImmediate(() => this.#parts.exit(code));
  }

  #post(message: FromThread): void {
    this.#parts.workPort.postMessage(message);
  }
}

/** Makes the actor and serves it on the given ports. */
export function serveActor<T extends TasksOf<T>>(parts: ActorServiceParts, factory: ActorFactory<T>): void {
  // The loop finds a handler by the name in the message; that name and payload fit is what ActorRef's types promise.
  const service = new ActorService(
    parts,
    (context, init) => factory(context, init) as unknown as ActorBehavior<AnyTasks>,
  );
  const control: ActorControl = {
    start: () => service.start(),
    drain: () => service.drain(),
    stop: () => service.stop(),
    stats: () => service.stats(),
  };
  // Node's ports have the DOM's addEventListener; only the declared types differ.
  expose(control, parts.controlPort as unknown as Endpoint);
  parts.progress.enter('idle');
}

async function replyOf<V>(work: () => Promise<V>): Promise<ControlReply<V>> {
  try {
    return { isOk: true, value: await work() };
  } catch (error) {
    return { isOk: false, fault: toFault(error) };
  }
}
