// One call that is answered by a stream: admission, decoding, messages until the last one, or error. The next one is
// written when HTTP/2 has taken the one before; where the messages are states, a slow reader misses those in between.

import type { ServerWritableStream } from '@grpc/grpc-js';
import { deferred } from '../base/deferred.ts';
import { KmsError } from '../base/errors.ts';
import { CallScope } from './call-scope.ts';
import { InputFaults } from './input-faults.ts';
import { newestOnly } from './newest-only.ts';
import type { Received } from './received.ts';
import { checkDeadline, checkReady, failureOf, type RpcHost } from './rpc-host.ts';

/** The states to send. `signal` is aborted when the caller has gone or the server drains; the states should end then. */
export type StateStream<Request, Response> = (
  request: Request,
  faults: InputFaults,
  signal: AbortSignal,
) => AsyncIterable<Response>;

/** `newest`: a state that was overtaken while the reader was slow is left out. `every`: the states wait for the reader. */
export type StreamedStates = 'newest' | 'every';

export function serverStreamHandler<Request, Response>(
  host: RpcHost,
  statesOf: StateStream<Request, Response>,
  streamed: StreamedStates = 'newest',
): (call: ServerWritableStream<Received<Request>, Response>) => void {
  return (call) => {
    const options = new CallScope(call, host.clock);
    const ending = new AbortController();
    const end = () => ending.abort();
    const signals = [options.signal, host.drainSignal];
    const run = async () => {
      checkDeadline(options, host.clock);
      checkReady(host);
      const { message, fault, violations } = call.request;
      if (message === null) throw fault;
      for (const signal of signals) signal.addEventListener('abort', end, { once: true });
      const states = statesOf(message, new InputFaults(violations), ending.signal);
      await sendUntil(ending.signal, call, streamed === 'newest' ? newestOnly(states) : states);
    };
    run()
      .finally(() => {
        for (const signal of signals) signal.removeEventListener('abort', end);
      })
      .then(
        () => call.end(),
        (error: unknown) => call.emit('error', failureOf(host, call.getPath(), error)),
      );
  };
}

/** Throws `unavailable` when `ending` is aborted before the last state, whether or not the states heed it. */
async function sendUntil<Response>(
  ending: AbortSignal,
  call: ServerWritableStream<unknown, Response>,
  states: AsyncIterable<Response>,
): Promise<void> {
  const stop = deferred<'stopped'>();
  const onEnding = () => stop.resolve('stopped');
  ending.addEventListener('abort', onEnding, { once: true });
  if (ending.aborted) onEnding();
  const reader = states[Symbol.asyncIterator]();
  try {
    while (!ending.aborted) {
      const step = await Promise.race([reader.next(), stop.promise]);
      if (step === 'stopped') break;
      if (step.done === true && !ending.aborted) return;
      if (step.done === true) break;
      // The callback comes when the HTTP/2 window had room for the state; with a reader that has gone, never.
      const written = new Promise<void>((resolve) => call.write(step.value, () => resolve()));
      await Promise.race([written, stop.promise]);
    }
  } catch (error) {
    // States may answer the end with a failure of their own, which is no news.
    if (!ending.aborted) throw error;
  } finally {
    ending.removeEventListener('abort', onEnding);
    // Not awaited: it waits for the state that is being awaited, which comes when the states heed `ending`.
    reader.return?.().catch(() => undefined);
  }
  throw new KmsError('unavailable', 'the engine is draining: ask again when it is back');
}
