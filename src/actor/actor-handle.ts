// The caller's side of an actor: a handle that outlives the threads behind it. It holds the credits, the bounded queue
// of asks without one, and the map of asks in the thread's hands; every ask settles, whatever becomes of the thread.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { type Fault, fromFault, KmsError } from '../base/errors.ts';
import { LiveEntries } from '../base/live-entries.ts';
import type { ActorRef, AskOptions, Lane, TasksOf } from './actor.ts';
import type { ActorObserver } from './actor-observer.ts';
import { deadlineExceeded, PendingAsk } from './pending-ask.ts';
import type { FromThread, OutcomeMessage, TaskMessage, ToThread } from './work-protocol.ts';

export interface ActorHandleParts {
  readonly name: string;
  readonly clock: Clock;
  readonly observer: ActorObserver;
  readonly credits: Readonly<Record<Lane, number>>;
  readonly mailboxMax: number;
  /** Everything from the thread that is not an outcome. */
  onReport(message: Exclude<FromThread, OutcomeMessage>): void;
}

interface LaneState {
  /** Asks without a credit, oldest first. At most mailboxMax. */
  readonly queue: Set<PendingAsk>;
  creditsFree: number;
}

export class ActorHandle<T extends TasksOf<T>> implements ActorRef<T> {
  readonly #parts: ActorHandleParts;
  readonly #lanes: Readonly<Record<Lane, LaneState>>;
  /** In the thread's hands, by id. At most the sum of the credits. */
  readonly #sent = new LiveEntries<PendingAsk>();
  readonly #onMessage = (message: FromThread) => this.#receive(message);
  readonly #onAbandon = (ask: PendingAsk) => this.#abandon(ask);
  #port: MessagePort | null = null;
  #isSending = false;
  #refusal: KmsError | null = null;
  #nextId = 1;
  #emptyWaiters: (() => void)[] = [];

  constructor(parts: ActorHandleParts) {
    this.#parts = parts;
    const lane = (credits: number): LaneState => ({ queue: new Set(), creditsFree: credits });
    this.#lanes = { urgent: lane(parts.credits.urgent), bulk: lane(parts.credits.bulk) };
  }

  get name(): string {
    return this.#parts.name;
  }

  get sentCount(): number {
    return this.#sent.size;
  }

  get depth(): number {
    return this.#sent.size + this.#lanes.urgent.queue.size + this.#lanes.bulk.queue.size;
  }

  ask<K extends keyof T & string>(
    task: K,
    request: T[K]['request'],
    options: AskOptions = {},
  ): Promise<T[K]['reply']> {
    const askedMs = this.#parts.clock.nowMs();
    const { lane = 'bulk', deadlineMs = null } = options;
    const refusal = this.#refusalOf(task, lane, askedMs, options);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const message: TaskMessage = {
        type: 'task',
        id,
        lane,
        deadlineMs,
        askedMs,
        name: task,
        payload: request,
      };
      const settlement = { resolve, reject, onAbandon: this.#onAbandon };
      const ask = new PendingAsk(message, options, this.#parts.clock, settlement);
      const state = this.#lanes[lane];
      if (this.#isSending && state.creditsFree > 0 && state.queue.size === 0) return this.#send(ask);
      state.queue.add(ask);
      this.#tellDepth(lane);
    });
  }

  /** Listens to a thread's reports and outcomes; asks are sent only after `resume`. */
  attach(port: MessagePort): void {
    this.#port = port;
    port.on('message', this.#onMessage);
  }

  /** The thread is ready: sends what waits. */
  resume(): void {
    this.#isSending = true;
    this.#sendQueued('urgent');
    this.#sendQueued('bulk');
  }

  /** Keeps what is not yet sent, and waits for what is. */
  pause(): void {
    this.#isSending = false;
  }

  /** The thread has ended. What it answered before still counts; the rest of what it held fails with `actor_down`. */
  detach(reason: string): void {
    const port = this.#port;
    this.#port = null;
    this.#isSending = false;
    if (port) {
      port.off('message', this.#onMessage);
      for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port)) {
        this.#receive(last.message as FromThread);
      }
      port.close();
    }
    const lost = this.#sent.values();
    this.#sent.clear();
    this.#lanes.urgent.creditsFree = this.#parts.credits.urgent;
    this.#lanes.bulk.creditsFree = this.#parts.credits.bulk;
    const facts = { actor: this.name };
    for (const ask of lost) {
      ask.reject(new KmsError('actor_down', `actor ${this.name} went down: ${reason}`, { facts }));
    }
    this.#tellWhenEmpty();
  }

  /** New asks fail with `unavailable`; those already accepted go on. */
  refuse(): void {
    this.#refusal ??= new KmsError('unavailable', `actor ${this.name} is stopped`, {
      facts: { actor: this.name },
    });
  }

  /** The end: refuses, and gives back what was never sent. */
  close(): void {
    this.refuse();
    for (const lane of ['urgent', 'bulk'] as const) {
      const queued = [...this.#lanes[lane].queue];
      this.#lanes[lane].queue.clear();
      for (const ask of queued) ask.reject(this.#refusal as KmsError);
      if (queued.length > 0) this.#tellDepth(lane);
    }
    this.#tellWhenEmpty();
  }

  /** Resolves when no ask waits and none is in the thread's hands. */
  whenEmpty(): Promise<void> {
    if (this.depth === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptyWaiters.push(resolve));
  }

  #refusalOf(task: string, lane: Lane, nowMs: number, options: AskOptions): KmsError | null {
    if (this.#refusal) return this.#refusal;
    if (options.signal?.aborted) return new KmsError('cancelled', `ask ${task} was cancelled`);
    if (options.deadlineMs !== undefined && nowMs >= options.deadlineMs) return deadlineExceeded(task);
    const { mailboxMax } = this.#parts;
    if (this.#lanes[lane].queue.size < mailboxMax) return null;
    return new KmsError('resource_exhausted', `the ${lane} mailbox of actor ${this.name} is full`, {
      facts: { actor: this.name, mailboxMax },
    });
  }

  #sendQueued(lane: Lane): void {
    const { queue } = this.#lanes[lane];
    let isChanged = false;
    for (const ask of queue) {
      if (!this.#isSending || this.#lanes[lane].creditsFree === 0) break;
      queue.delete(ask);
      isChanged = true;
      this.#send(ask);
    }
    if (isChanged) this.#tellDepth(lane);
  }

  #send(ask: PendingAsk): void {
    const { message } = ask;
    try {
      this.#port?.postMessage(message satisfies ToThread, ask.transfer);
    } catch (cause) {
      // Something in the request cannot be cloned: nothing was sent, no credit is spent.
      ask.reject(new KmsError('internal', `the request of ask ${message.name} cannot be sent`, { cause }));
      this.#tellWhenEmpty();
      return;
    }
    this.#lanes[message.lane].creditsFree -= 1;
    this.#sent.add(message.id, ask);
  }

  #receive(message: FromThread): void {
    if (message.type !== 'outcome') {
      this.#parts.onReport(message);
      return;
    }
    const ask = this.#sent.take(message.id);
    if (!ask) return;
    const { lane, name } = ask.message;
    this.#lanes[lane].creditsFree += 1;
    this.#parts.observer.onWait(this.name, lane, message.waitedMs / 1000);
    this.#parts.observer.onWork(this.name, name, message.workedMs / 1000);
    if (message.isOk) ask.resolve(message.value);
    else ask.reject(fromFault(message.fault satisfies Fault));
    if (this.#lanes[lane].queue.size > 0) this.#sendQueued(lane);
    this.#tellWhenEmpty();
  }

  /** The asker has gone. A sent task keeps its credit until the thread answers: it still takes the thread's time. */
  #abandon(ask: PendingAsk): void {
    const { id, lane } = ask.message;
    if (this.#sent.get(id) !== undefined) {
      this.#port?.postMessage({ type: 'cancel', id } satisfies ToThread);
      return;
    }
    if (this.#lanes[lane].queue.delete(ask)) this.#tellDepth(lane);
    this.#tellWhenEmpty();
  }

  #tellDepth(lane: Lane): void {
    this.#parts.observer.onDepth(this.name, lane, this.#lanes[lane].queue.size);
  }

  #tellWhenEmpty(): void {
    if (this.#emptyWaiters.length === 0 || this.depth > 0) return;
    for (const resolve of this.#emptyWaiters.splice(0)) resolve();
  }
}
