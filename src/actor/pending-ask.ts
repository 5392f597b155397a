// One ask on its way: settles exactly once, and leaves no timer and no listener behind.

import type { Clock, Timer } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { AbortNotice, AskOptions } from './actor.ts';
import type { TaskMessage } from './work-protocol.ts';

export interface AskSettlement {
  resolve(value: unknown): void;
  reject(error: KmsError): void;
  /** Called when the asker no longer waits although no outcome came: deadline or cancellation. */
  onAbandon(ask: PendingAsk): void;
}

export class PendingAsk {
  readonly message: TaskMessage;
  readonly transfer: readonly ArrayBuffer[];
  readonly #settlement: AskSettlement;
  readonly #signal: AbortNotice | undefined;
  readonly #onAbort = () =>
    this.#abandon(new KmsError('cancelled', `ask ${this.message.name} was cancelled`));
  #deadline: Timer | null = null;
  #isSettled = false;

  constructor(message: TaskMessage, options: AskOptions, clock: Clock, settlement: AskSettlement) {
    this.message = message;
    this.transfer = options.transfer ?? [];
    this.#settlement = settlement;
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (message.deadlineMs === null) return;
    const onDeadline = () => this.#abandon(deadlineExceeded(message.name));
    this.#deadline = clock.setTimer(Math.max(0, message.deadlineMs - message.askedMs), onDeadline);
  }

  resolve(value: unknown): void {
    if (this.#settle()) this.#settlement.resolve(value);
  }

  reject(error: KmsError): void {
    if (this.#settle()) this.#settlement.reject(error);
  }

  #abandon(error: KmsError): void {
    if (!this.#settle()) return;
    this.#settlement.reject(error);
    this.#settlement.onAbandon(this);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#deadline?.cancel();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

export function deadlineExceeded(task: string): KmsError {
  return new KmsError('deadline_exceeded', `the deadline of ask ${task} has passed`);
}
