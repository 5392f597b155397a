// What a handler sees of its own task: its lane, deadline and cancellation, and the ways to give way and to transfer.

import { KmsError } from '../base/errors.ts';
import type { Lane, TaskContext } from './actor.ts';
import type { TaskMessage } from './work-protocol.ts';

/** The same for all tasks of a thread. */
export interface TaskRuntime {
  nowMs(): number;
  serveOthers(): void;
}

export class TaskScope implements TaskContext {
  readonly lane: Lane;
  readonly deadlineMs: number | null;
  /** Buffers that move with the reply. */
  readonly transferList: ArrayBuffer[] = [];
  readonly #name: string;
  readonly #runtime: TaskRuntime;
  #isCancelled = false;
  // Made when first read: most handlers never look at it, and an AbortController costs more than a small task.
  #controller: AbortController | null = null;

  constructor(message: TaskMessage, runtime: TaskRuntime) {
    this.lane = message.lane;
    this.deadlineMs = message.deadlineMs;
    this.#name = message.name;
    this.#runtime = runtime;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#isCancelled) this.#controller.abort(this.#cancelled());
    }
    return this.#controller.signal;
  }

  giveWay(): void {
    this.#runtime.serveOthers();
    this.throwIfUnwanted();
  }

  transfer<R>(reply: R, buffers: readonly ArrayBufferLike[]): R {
    // Shared memory is reachable from both sides as it is and must not be in a transfer list.
    for (const buffer of buffers) if (buffer instanceof ArrayBuffer) this.transferList.push(buffer);
    return reply;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#controller?.abort(this.#cancelled());
  }

  throwIfUnwanted(): void {
    if (this.#isCancelled) throw this.#cancelled();
    if (this.deadlineMs !== null && this.#runtime.nowMs() >= this.deadlineMs) {
      throw new KmsError('deadline_exceeded', `the deadline of task ${this.#name} has passed`);
    }
  }

  #cancelled(): KmsError {
    return new KmsError('cancelled', `task ${this.#name} was cancelled`);
  }
}
