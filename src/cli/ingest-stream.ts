// Sends messages over the bidirectional Ingest stream and hands out their acknowledgements in order. It survives the
// engine going away: it reconnects with backoff and sends again whatever was not acknowledged, which changes nothing
// for what the engine had written already.

import { type ServiceError, status } from '@grpc/grpc-js';
import { sleep } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { errorDetails } from '../grpc/client.ts';
import type { IngestRequest } from '../grpc/generated/kms/v1/IngestRequest.ts';
import type { IngestResponse__Output } from '../grpc/generated/kms/v1/IngestResponse.ts';
import type { CommandIo } from './command-io.ts';
import type { Connection } from './connection.ts';
import type { IngestMessage } from './ingest-batches.ts';

/** The server works on 8 messages of a stream at once; a few more keep it busy while acknowledgements travel. */
const messagesInFlightMax = 12;
const backoffMs = { first: 250, max: 10_000 };
/** How a stream ends when the process, the host or the network behind it goes away; the engine itself said nothing. */
const transportCodes: readonly number[] = [status.UNAVAILABLE, status.CANCELLED, status.INTERNAL];

export interface IngestStreamOptions {
  readonly io: CommandIo;
  readonly connection: Connection;
  /** How long to go on without any acknowledgement while the engine is away. */
  readonly patienceMs: number;
  /** Called once for each message, in order, when the engine has answered it. */
  readonly onAnswer: (message: IngestMessage, answer: IngestResponse__Output) => void;
  readonly onRetry: (reason: string, delayMs: number) => void;
  /** Aborted: nothing more is read or sent; what is in flight is still waited for. */
  readonly interrupt: AbortSignal;
}

/** Why a stream ended before everything was acknowledged. */
interface StreamBreak {
  readonly error: unknown;
  readonly reason: string;
  /** Whether another stream may go on where this one ended. */
  readonly isRetryable: boolean;
}

interface StreamState {
  failure: StreamBreak | null;
  /** The engine has sent its last answer. */
  isEnded: boolean;
  /** Whether the transport takes more; else it says `drain`. */
  hasRoom: boolean;
  /** How many of the oldest flights were written on this stream. */
  sent: number;
}

type IngestCall = ReturnType<Connection['client']['ingest']>;

interface Flight {
  readonly sequence: number;
  readonly message: IngestMessage;
}

export class IngestStream {
  readonly #options: IngestStreamOptions;
  /** Sent or to be sent, not acknowledged, oldest first; at most messagesInFlightMax. */
  readonly #flights: Flight[] = [];
  #nextSequence = 1;
  #messages: AsyncIterator<IngestMessage> | null = null;
  /** The read that is under way or has come while the stream was away; at most one. */
  #read: Promise<void> | null = null;
  #isExhausted = false;
  /** Reading the input or recording an answer failed: another connection would not help. */
  #ownFailure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};
  #lastAnswerMs = 0;

  constructor(options: IngestStreamOptions) {
    this.#options = options;
  }

  /** Resolves when every message was acknowledged, or, once interrupted, everything that was in flight. */
  async run(messages: AsyncIterable<IngestMessage>): Promise<void> {
    const { io, patienceMs, onRetry, interrupt } = this.#options;
    this.#messages = messages[Symbol.asyncIterator]();
    this.#lastAnswerMs = io.clock.nowMs();
    for (let attempt = 0; ; attempt++) {
      const answersBeforeMs = this.#lastAnswerMs;
      const failure = await this.#pump();
      if (failure === null) return;
      if (this.#lastAnswerMs !== answersBeforeMs) attempt = 0;
      const isPatient = io.clock.nowMs() - this.#lastAnswerMs < patienceMs;
      if (!failure.isRetryable || !isPatient || interrupt.aborted)
        throw this.#options.connection.fault(failure.error);
      const delayMs = Math.min(backoffMs.max, backoffMs.first * 2 ** attempt) * (0.5 + io.random() / 2);
      onRetry(failure.reason, delayMs);
      // An interrupt ends the wait; the next pump then only collects what is in flight.
      await sleep(io.clock, delayMs, interrupt).catch(() => undefined);
    }
  }

  /** One stream's life. Null: all done; else why it broke. */
  async #pump(): Promise<StreamBreak | null> {
    const { connection, interrupt } = this.#options;
    const call = connection.client.ingest();
    const state: StreamState = { failure: null, isEnded: false, hasRoom: true, sent: 0 };
    let isClosed = false;
    this.#listen(call, state);
    const wake = () => this.#wake();
    interrupt.addEventListener('abort', wake);
    try {
      for (;;) {
        // Made before looking: what happens while looking must not be slept through.
        const changed = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        if (this.#ownFailure !== null) throw this.#ownFailure.error;
        if (state.failure !== null) return state.failure;
        const isFed = this.#isExhausted || interrupt.aborted;
        if (!isFed && this.#flights.length < messagesInFlightMax) this.#readNext();
        for (; state.sent < this.#flights.length && state.hasRoom; state.sent++)
          state.hasRoom = call.write(requestOf(this.#flights[state.sent] as Flight));
        if (isFed && !isClosed && state.sent === this.#flights.length) {
          isClosed = true;
          call.end();
        }
        if (state.isEnded && this.#flights.length === 0 && isFed) return null;
        if (state.isEnded) return brokenStream('unavailable', 'the engine ended the stream early');
        await changed;
      }
    } finally {
      interrupt.removeEventListener('abort', wake);
      if (!state.isEnded) call.cancel();
    }
  }

  #listen(call: IngestCall, state: StreamState): void {
    const change = (apply: () => void) => {
      apply();
      this.#wake();
    };
    call.on('data', (answer: IngestResponse__Output) =>
      change(() => {
        try {
          if (this.#settle(answer)) state.sent -= 1;
          else
            state.failure = brokenStream(
              'internal',
              'the engine answered a message that was not the next one',
            );
        } catch (error) {
          this.#ownFailure = { error };
        }
      }),
    );
    call.on('drain', () =>
      change(() => {
        state.hasRoom = true;
      }),
    );
    call.on('error', (error: ServiceError) =>
      change(() => {
        state.failure ??= breakOf(error);
      }),
    );
    call.on('end', () =>
      change(() => {
        state.isEnded = true;
      }),
    );
  }

  /** Whether the answer was for the oldest message in flight. */
  #settle(answer: IngestResponse__Output): boolean {
    const flight = this.#flights[0];
    if (flight === undefined || String(flight.sequence) !== answer.sequence) return false;
    this.#flights.shift();
    this.#lastAnswerMs = this.#options.io.clock.nowMs();
    this.#options.onAnswer(flight.message, answer);
    return true;
  }

  #readNext(): void {
    this.#read ??= this.#messagesNext().then(
      ({ done, value }) => {
        this.#read = null;
        if (done === true) this.#isExhausted = true;
        // Read too late: it was never sent, so the checkpoint does not cover it and the next run reads it again.
        else if (!this.#options.interrupt.aborted)
          this.#flights.push({ sequence: this.#nextSequence++, message: value });
        this.#wake();
      },
      (error: unknown) => {
        this.#ownFailure = { error };
        this.#wake();
      },
    );
  }

  #messagesNext(): Promise<IteratorResult<IngestMessage>> {
    return this.#messages?.next() ?? Promise.resolve({ done: true, value: undefined });
  }
}

function requestOf({ sequence, message }: Flight): IngestRequest {
  return { sequence, documents: [...message.documents] };
}

function breakOf(error: ServiceError): StreamBreak {
  const details = errorDetails(error);
  const isOfEngine = details !== null && details.reason !== '';
  const isRetryable = isOfEngine ? details.retryDelayMs !== null : transportCodes.includes(error.code);
  return { error, reason: error.details, isRetryable };
}

function brokenStream(code: 'internal' | 'unavailable', reason: string): StreamBreak {
  const error = new KmsError(code, reason);
  return { error, reason, isRetryable: error.isRetryable };
}
