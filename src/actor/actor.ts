// The contract between an actor and the runtime, both sides of the thread boundary. Types only.

import type { Clock } from '../base/clock.ts';

/** `urgent` (searches) is served before `bulk` (everything else), even between two units of a running bulk task. */
export type Lane = 'urgent' | 'bulk';

/** A kind of work: what is asked and what is answered. Both are structured-cloneable. */
export interface Task<Request, Reply> {
  readonly request: Request;
  readonly reply: Reply;
}

/** An actor's tasks by name: `interface EmbedTasks { embed: Task<EmbedBatch, EmbeddedBatch> }`. */
export type TasksOf<T> = { [K in keyof T]: Task<unknown, unknown> };

// ── the caller's side ────────────────────────────────────────────────────────────────────────────────────────────

/** The part of an AbortSignal that an ask needs; who asks thousands of times a second has a cheaper one of these. */
export interface AbortNotice {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface AskOptions {
  /** Default `bulk`. */
  readonly lane?: Lane;
  /** Monotonic milliseconds (Clock.nowMs) after which the ask fails with `deadline_exceeded`. */
  readonly deadlineMs?: number;
  /** Aborting fails the ask with `cancelled` at once and tells the thread to drop the task. */
  readonly signal?: AbortNotice;
  /** Buffers that move to the thread; the sender must not read them again, and cannot retry with them. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** A stable handle: it outlives the thread behind it. */
export interface ActorRef<T extends TasksOf<T>> {
  readonly name: string;
  /**
   * Always settles. Rejects with a KmsError: what the handler threw; `deadline_exceeded`; `cancelled`; `actor_down`
   * the moment the thread exits with the task in its hands; `unavailable` once the actor is stopped for good;
   * `resource_exhausted` when the bounded mailbox is full. Asks that were not yet sent wait out a restart.
   */
  ask<K extends keyof T & string>(
    task: K,
    request: T[K]['request'],
    options?: AskOptions,
  ): Promise<T[K]['reply']>;
}

// ── the thread's side ────────────────────────────────────────────────────────────────────────────────────────────

/** What the runtime hands to a task's handler. */
export interface TaskContext {
  readonly lane: Lane;
  readonly deadlineMs: number | null;
  readonly signal: AbortSignal;
  /**
   * To be called between two units of a long synchronous task: runs the urgent tasks that came meanwhile, bumps the
   * progress word, and throws `cancelled` or `deadline_exceeded` when this task is no longer wanted.
   */
  giveWay(): void;
  /** Marks buffers of the reply for transfer: `return context.transfer(reply, [reply.vectors.buffer])`. */
  transfer<R>(reply: R, buffers: readonly ArrayBufferLike[]): R;
}

export type TaskHandler<Request, Reply> = (request: Request, context: TaskContext) => Reply | Promise<Reply>;

/** Numbers and short texts about an actor, for GetStatus and the metrics; keys are snake_case. */
export type ActorStats = Readonly<Record<string, number | string>>;

/** What an actor is made of. Every method is called on the actor's own thread. */
export interface ActorBehavior<T extends TasksOf<T>> {
  readonly tasks: { readonly [K in keyof T]: TaskHandler<T[K]['request'], T[K]['reply']> };
  /** Bulk tasks that may be under way at once (their awaits interleave). Default 1. */
  readonly bulkConcurrency?: number;
  /** Opens what the actor needs; no task is handled before it resolves. */
  start(): Promise<void>;
  /** One unit of work for idle moments and between bulk tasks; returns whether there is more of it. */
  background?(): boolean;
  /** Finishes what must not be cut off. Called after the mailbox is empty, before `stop`. */
  drain?(): Promise<void>;
  /** Closes everything. The thread ends after it. */
  stop(): Promise<void>;
  stats?(): ActorStats;
}

/** What the runtime gives to an actor when it is made. */
export interface ActorContext {
  readonly name: string;
  readonly clock: Clock;
  readonly log: ActorLog;
  /** Adds to a counter of the main thread's registry; sent in groups. `labels` are few and bounded. */
  count(metric: string, by: number, labels?: Readonly<Record<string, string>>): void;
  /** Adds a duration in seconds to a histogram of the main thread's registry. */
  observe(metric: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
  /** One unit of work was done: the watchdog sees life. Cheap; call it in every long loop. */
  progress(): void;
  /** Runs waiting urgent tasks now; for `background` units and `start` loops. */
  giveWay(): void;
  /** Declares a native call that may take up to `secondsMax`; the watchdog waits that long. Call the returned function after it. */
  enterNativeCall(secondsMax: number): () => void;
  /** Asks for `background` to be called again after it had returned false. */
  wake(): void;
}

/** The part of pino's interface that actors use: fields first, then the event. */
export interface ActorLog {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
