// One bidirectional stream of requests and answers that never holds more than a bounded number of them. A request
// counts from the moment it is taken off the wire until its response has been handed to HTTP/2, which it is only when
// the client reads. At the bound nothing more is read, so the HTTP/2 window fills and the client stops.

import type { ServerDuplexStream, ServiceError } from '@grpc/grpc-js';
import { KmsError } from '../base/errors.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Received } from './received.ts';

export interface BoundedStreamOptions<Request, Response> {
  readonly call: ServerDuplexStream<Received<Request>, Response>;
  /** Requests of this stream that may be under way, and their bytes. The last one may exceed the bytes. */
  readonly messagesMax: number;
  readonly bytesMax: number;
  readonly budget: ByteBudget;
  /** `request`: responses in the order of the requests; `completion`: as they become ready. */
  readonly order: 'request' | 'completion';
  readonly drainSignal: AbortSignal;
  /** Called in the order of the requests. A rejection ends the stream, after the responses before it in `request` order. */
  answer(request: Received<Request>): Promise<Response>;
  failureOf(error: unknown): ServiceError;
}

/** One request under way. */
type Slot<Response> =
  | { state: 'pending' }
  | { state: 'answered'; response: Response }
  | { state: 'failed'; error: unknown };

export function serveBoundedStream<Request, Response>(
  options: BoundedStreamOptions<Request, Response>,
): void {
  new BoundedStream(options).start();
}

class BoundedStream<Request, Response> {
  readonly #options: BoundedStreamOptions<Request, Response>;
  /** Requests whose response is not yet handed to the stream, oldest first. */
  readonly #slots: Slot<Response>[] = [];
  #messages = 0;
  #bytes = 0;
  #isReadWanted = false;
  /** A message was asked for and has not come: it may already wait in Node's buffer, so it counts as one that is here. */
  #isReadAwaited = false;
  #isHalfClosed = false;
  #isOver = false;
  #read: () => void = () => {};

  constructor(options: BoundedStreamOptions<Request, Response>) {
    this.#options = options;
  }

  start(): void {
    const { call, drainSignal } = this.#options;
    // Node reads up to 16 messages ahead on its own, of up to 16 MiB each. `_read` is where a stream asks its source
    // for one more message; gating it there is what makes the bound exact.
    const read = call._read.bind(call);
    this.#read = () => read(1);
    call._read = () => {
      this.#isReadWanted = true;
      this.#pump();
    };
    drainSignal.addEventListener('abort', this.#onDrain, { once: true });
    call.once('cancelled', () => this.#finish());
    call.on('data', (request: Received<Request>) => this.#take(request));
    call.once('end', () => {
      this.#isHalfClosed = true;
      this.#endWhenIdle();
    });
  }

  readonly #onDrain = () => this.#endWhenIdle();

  /** Lets one more message in when there is room for it. */
  readonly #pump = () => {
    const { messagesMax, bytesMax, budget, drainSignal } = this.#options;
    if (!this.#isReadWanted || this.#isReadAwaited || this.#isOver || drainSignal.aborted) return;
    if (this.#messages >= messagesMax || this.#bytes >= bytesMax) return;
    if (!budget.hasRoom) return budget.whenRoom(this.#pump);
    this.#isReadWanted = false;
    this.#isReadAwaited = true;
    this.#read();
  };

  #take(request: Received<Request>): void {
    this.#isReadAwaited = false;
    if (this.#isOver) return;
    const { byteLength } = request;
    const slot: Slot<Response> = { state: 'pending' };
    this.#slots.push(slot);
    this.#messages += 1;
    this.#bytes += byteLength;
    this.#options.budget.take(byteLength);
    const settle = (outcome: Slot<Response>) => {
      Object.assign(slot, outcome);
      // The documents are done with; only the small response waits on for a client that does not read.
      this.#bytes -= byteLength;
      this.#options.budget.release(byteLength);
      this.#flush(slot);
      this.#pump();
    };
    this.#options.answer(request).then(
      (response) => settle({ state: 'answered', response }),
      (error: unknown) => settle({ state: 'failed', error }),
    );
    this.#pump();
  }

  /** Hands over what may go now that `settled` is ready. */
  #flush(settled: Slot<Response>): void {
    if (this.#options.order === 'completion') {
      this.#slots.splice(this.#slots.indexOf(settled), 1);
      this.#hand(settled);
      return;
    }
    while (this.#slots[0] !== undefined && this.#slots[0].state !== 'pending') {
      this.#hand(this.#slots.shift() as Slot<Response>);
    }
  }

  #hand(slot: Slot<Response>): void {
    if (this.#isOver) return;
    if (slot.state === 'failed') this.#fail(slot.error);
    if (slot.state !== 'answered') return;
    // The callback comes when the HTTP/2 window had room for the response, so a client that does not read keeps its slot.
    this.#options.call.write(slot.response, () => {
      this.#messages -= 1;
      this.#pump();
      this.#endWhenIdle();
    });
  }

  #endWhenIdle(): void {
    if (this.#isOver || this.#messages > 0) return;
    if (this.#isHalfClosed) {
      this.#finish();
      this.#options.call.end();
    } else if (this.#options.drainSignal.aborted) {
      this.#fail(new KmsError('unavailable', 'the engine is draining: send what was not answered again'));
    }
  }

  #fail(error: unknown): void {
    this.#finish();
    this.#options.call.emit('error', this.#options.failureOf(error));
  }

  #finish(): void {
    this.#isOver = true;
    this.#options.drainSignal.removeEventListener('abort', this.#onDrain);
    this.#options.budget.stopWaiting(this.#pump);
  }
}
