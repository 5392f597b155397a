// A call's deadline and cancellation as the engine understands them.
//
// Asks listen to the call itself: an AbortController with its AbortSignal costs the main thread 17 µs, of a search's 200,
// and hardly any call ever needs it. Who wants a signal for something else gets one that is made then.

import { setMaxListeners } from 'node:events';
import type { AbortNotice } from '../actor/actor.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { CallOptions } from '../pipeline/engine-api.ts';

/** What calls of every kind and message type have in common. */
export interface AnyCall {
  readonly cancelled: boolean;
  getDeadline(): Date | number;
  once(event: 'cancelled', listener: () => void): unknown;
  removeListener(event: 'cancelled', listener: () => void): unknown;
}

export class CallScope implements CallOptions, AbortNotice {
  readonly deadlineMs: number | null;
  readonly #call: AnyCall;
  readonly #onCancelled = () => this.#abort();
  /** One an ask that is under way: as many as there are shards, times the requests of a stream. */
  #listeners: (() => void)[] = [];
  #controller: AbortController | null = null;
  #isGone = false;

  constructor(call: AnyCall, clock: Clock) {
    this.#call = call;
    if (call.cancelled) this.#isGone = true;
    else call.once('cancelled', this.#onCancelled);
    const deadline = call.getDeadline();
    const deadlineEpochMs = deadline instanceof Date ? deadline.getTime() : deadline;
    // A deadline on the wall clock becomes one on the monotonic clock, which all threads share and nobody sets.
    this.deadlineMs = Number.isFinite(deadlineEpochMs)
      ? clock.nowMs() + deadlineEpochMs - clock.epochMs()
      : null;
  }

  get notice(): AbortNotice {
    return this;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      // Everything that works on the call listens, and on a stream that is several requests; Node would warn from 11 on.
      setMaxListeners(0, this.#controller.signal);
      if (this.#isGone) this.#controller.abort(callerHasGone());
    }
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#isGone;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const place = this.#listeners.indexOf(listener);
    if (place >= 0) this.#listeners.splice(place, 1);
  }

  /** To be called before an answer is sent that leaves nothing to abort: grpc-js says `cancelled` of every call that is over. */
  end(): void {
    this.#call.removeListener('cancelled', this.#onCancelled);
  }

  #abort(): void {
    this.#isGone = true;
    this.#controller?.abort(callerHasGone());
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}

function callerHasGone(): KmsError {
  return new KmsError('cancelled', 'the caller has gone');
}
