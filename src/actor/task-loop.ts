// The thread's mailbox and its order of service: urgent tasks first, even between two units of a running bulk task;
// then bulk tasks and background units in turn, so that neither starves the other.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { KmsError, toFault } from '../base/errors.ts';
import { LiveEntries } from '../base/live-entries.ts';
import type { ActorBehavior, Task } from './actor.ts';
import type { ProgressWord } from './progress-word.ts';
import { type TaskRuntime, TaskScope } from './task-scope.ts';
import type { FromThread, OutcomeMessage, TaskMessage, ToThread } from './work-protocol.ts';

export type AnyTasks = Record<string, Task<unknown, unknown>>;

interface Job {
  readonly message: TaskMessage;
  readonly scope: TaskScope;
  /** Monotonic milliseconds; null while it is queued. */
  startedMs: number | null;
  /** #urgentMs when the job started: urgent tasks served within a bulk task are not that task's work. */
  urgentMsBefore: number;
}

// Units (a bulk task or a background step) between two visits to the event loop, which serves control calls, timers
// and file I/O. Within 8-16 the visits cost nothing measurable; far above it they come too seldom.
const unitsPerTurn = 8;
// Urgent tasks served in a row before one unit of other work: searches that never end must not stop the index for ever.
const urgentBurstMax = 64;

export class TaskLoop {
  readonly #port: MessagePort;
  readonly #clock: Clock;
  readonly #progress: ProgressWord;
  readonly #runtime: TaskRuntime = { nowMs: () => this.#clock.nowMs(), serveOthers: () => this.giveWay() };
  #behavior: ActorBehavior<AnyTasks> | null = null;
  // Neither lane outgrows the sender's credits, so the arrays stay short.
  readonly #urgent: Job[] = [];
  readonly #bulk: Job[] = [];
  /** Queued and running ones by id. */
  readonly #jobs = new LiveEntries<Job>();
  #bulkRunning = 0;
  #urgentMs = 0;
  #hasBackground = false;
  #isServingUrgent = false;
  #isTurning = false;
  #isClosed = false;
  #nextTurn: NodeJS.Immediate | null = null;
  #emptyWaiters: (() => void)[] = [];

  constructor(parts: { port: MessagePort; clock: Clock; progress: ProgressWord }) {
    this.#port = parts.port;
    this.#clock = parts.clock;
    this.#progress = parts.progress;
  }

  get depth(): number {
    return this.#jobs.size;
  }

  /** Begins to serve. */
  open(behavior: ActorBehavior<AnyTasks>): void {
    this.#behavior = behavior;
    this.#hasBackground = behavior.background !== undefined;
    this.#port.on('message', (message: ToThread) => {
      this.#accept(message);
      // A turn that waits in setImmediate gives everything else its turn; urgent tasks do not wait for it.
      if (this.#nextTurn) this.#serveUrgent();
      else this.#turn();
    });
    this.#turn();
  }

  /** Serves the urgent tasks that came meanwhile. Does not re-enter itself: an urgent task's own call only shows life. */
  giveWay(): void {
    this.#progress.bump();
    if (!this.#behavior || this.#isClosed || this.#isServingUrgent) return;
    this.#serveUrgent();
    // What was taken off the port here raises no event any more: see to it that it gets a turn.
    if (!this.#isTurning && this.#hasRunnable()) this.#scheduleTurn();
  }

  /** Background work has come up again. */
  wake(): void {
    if (!this.#behavior?.background || this.#isClosed) return;
    this.#hasBackground = true;
    this.#progress.enter('busy');
    if (!this.#isTurning) this.#scheduleTurn();
  }

  /** Resolves when no task is queued or running. */
  whenEmpty(): Promise<void> {
    if (this.#jobs.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptyWaiters.push(resolve));
  }

  /** Takes no more work: what is queued is given back, what runs is told to stop. */
  close(): void {
    this.#poll();
    this.#isClosed = true;
    this.#hasBackground = false;
    if (this.#nextTurn) clearImmediate(this.#nextTurn);
    this.#nextTurn = null;
    const queued = [...this.#urgent.splice(0), ...this.#bulk.splice(0)];
    for (const job of queued)
      this.#finish(job, { error: new KmsError('unavailable', 'the actor is stopping') });
    for (const job of this.#jobs.values()) job.scope.cancel();
  }

  #accept(message: ToThread): void {
    if (message.type === 'cancel') {
      this.#cancel(message.id);
      return;
    }
    const scope = new TaskScope(message, this.#runtime);
    const job: Job = { message, scope, startedMs: null, urgentMsBefore: 0 };
    this.#jobs.add(message.id, job);
    if (this.#isClosed) {
      this.#finish(job, { error: new KmsError('unavailable', 'the actor is stopping') });
      return;
    }
    (message.lane === 'urgent' ? this.#urgent : this.#bulk).push(job);
    this.#progress.enter('busy');
  }

  #cancel(id: number): void {
    const job = this.#jobs.get(id);
    if (!job) return; // its outcome is on the way already
    job.scope.cancel();
    const lane = job.message.lane === 'urgent' ? this.#urgent : this.#bulk;
    const index = lane.indexOf(job);
    if (index < 0) return; // it runs: its handler looks at the signal
    lane.splice(index, 1);
    this.#finish(job, { error: new KmsError('cancelled', `task ${job.message.name} was cancelled`) });
  }

  #poll(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (!received) return;
      this.#accept(received.message as ToThread);
    }
  }

  #serveUrgent(): void {
    if (this.#isServingUrgent) return;
    this.#isServingUrgent = true;
    try {
      this.#poll();
      if (this.#urgent.length === 0) return;
      const fromMs = this.#clock.nowMs();
      for (let served = 0; served < urgentBurstMax; served += 1) {
        const job = this.#urgent.shift();
        if (!job) break;
        this.#run(job);
        this.#poll();
      }
      this.#urgentMs += this.#clock.nowMs() - fromMs;
    } finally {
      this.#isServingUrgent = false;
    }
  }

  #turn(): void {
    if (this.#isTurning || this.#isClosed) return;
    this.#nextTurn = null;
    this.#isTurning = true;
    try {
      for (let units = 0; units < unitsPerTurn; units += 1) {
        this.#serveUrgent();
        if (!this.#hasRunnable()) break;
        this.#startBulk();
        this.#serveUrgent();
        this.#runBackground();
      }
    } finally {
      this.#isTurning = false;
    }
    if (this.#hasRunnable()) this.#scheduleTurn();
    if (this.#jobs.size === 0 && !this.#hasBackground) this.#progress.enter('idle');
  }

  #hasRunnable(): boolean {
    return this.#urgent.length > 0 || this.#hasBackground || (this.#bulk.length > 0 && this.#hasFreeSlot());
  }

  #hasFreeSlot(): boolean {
    return this.#bulkRunning < (this.#behavior?.bulkConcurrency ?? 1);
  }

  #scheduleTurn(): void {
    if (this.#isClosed) return;
    this.#nextTurn ??= setImmediate(() => this.#turn());
  }

  #startBulk(): void {
    if (!this.#hasFreeSlot()) return;
    const job = this.#bulk.shift();
    if (!job) return;
    this.#bulkRunning += 1;
    this.#run(job);
  }

  #runBackground(): void {
    if (!this.#hasBackground) return;
    // Cleared first: a wake() from within the unit itself must not be lost.
    this.#hasBackground = false;
    const hasMore = this.#behavior?.background?.() ?? false;
    this.#hasBackground ||= hasMore;
    this.#progress.bump();
  }

  /** Starts the handler. A synchronous one is finished when this returns. */
  #run(job: Job): void {
    job.startedMs = this.#clock.nowMs();
    job.urgentMsBefore = this.#urgentMs;
    let reply: unknown;
    try {
      job.scope.throwIfUnwanted();
      const handler = this.#behavior?.tasks[job.message.name];
      if (!handler) throw new KmsError('internal', `the actor has no task named ${job.message.name}`);
      reply = handler(job.message.payload, job.scope);
    } catch (error) {
      this.#release(job, { error });
      return;
    }
    if (!isThenable(reply)) {
      this.#release(job, { value: reply });
      return;
    }
    reply.then(
      (value) => this.#finishLater(job, { value }),
      (error: unknown) => this.#finishLater(job, { error }),
    );
  }

  #finishLater(job: Job, result: Result): void {
    this.#release(job, result);
    if (this.#nextTurn) return;
    this.#turn();
  }

  #release(job: Job, result: Result): void {
    if (job.message.lane === 'bulk') this.#bulkRunning -= 1;
    this.#finish(job, result);
  }

  #finish(job: Job, result: Result): void {
    this.#jobs.take(job.message.id);
    this.#progress.bump();
    const nowMs = this.#clock.nowMs();
    const startedMs = job.startedMs ?? nowMs;
    const isBulkStarted = job.message.lane === 'bulk' && job.startedMs !== null;
    const urgentMs = isBulkStarted ? this.#urgentMs - job.urgentMsBefore : 0;
    const times = {
      id: job.message.id,
      waitedMs: Math.max(0, startedMs - job.message.askedMs),
      workedMs: Math.max(0, nowMs - startedMs - urgentMs),
    };
    this.#post(job.scope, outcomeOf(times, result));
    if (this.#jobs.size > 0) return;
    for (const resolve of this.#emptyWaiters.splice(0)) resolve();
  }

  #post(scope: TaskScope, outcome: OutcomeMessage): void {
    try {
      this.#port.postMessage(outcome satisfies FromThread, scope.transferList);
    } catch (error) {
      // The reply holds something that cannot be cloned, or a buffer that has moved already: the asker must hear of it.
      const { id, waitedMs, workedMs } = outcome;
      const fault = toFault(new KmsError('internal', `the reply cannot be sent: ${String(error)}`));
      this.#port.postMessage({
        type: 'outcome',
        id,
        isOk: false,
        fault,
        waitedMs,
        workedMs,
      } satisfies FromThread);
    }
  }
}

type Result = { readonly value: unknown } | { readonly error: unknown };

function outcomeOf(
  times: { readonly id: number; readonly waitedMs: number; readonly workedMs: number },
  result: Result,
): OutcomeMessage {
  if ('error' in result) return { type: 'outcome', isOk: false, fault: toFault(result.error), ...times };
  return { type: 'outcome', isOk: true, value: result.value, ...times };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
