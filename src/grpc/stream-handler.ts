// What is the same at the start of every bidirectional stream: its deadline, its readiness, its place in the bounds.

import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { CallOptions } from '../pipeline/engine-api.ts';
import { type BoundedStreamOptions, serveBoundedStream } from './bounded-stream.ts';
import { CallScope } from './call-scope.ts';
import type { Received } from './received.ts';
import { checkDeadline, checkReady, failureOf, type RpcHost } from './rpc-host.ts';

export interface StreamHandler<Request, Response>
  extends Pick<BoundedStreamOptions<Request, Response>, 'messagesMax' | 'bytesMax' | 'order'> {
  /** See BoundedStreamOptions.answer. */
  answer(request: Received<Request>, options: CallOptions): Promise<Response>;
}

export function streamHandler<Request, Response>(
  host: RpcHost,
  { answer, ...bounds }: StreamHandler<Request, Response>,
): (call: ServerDuplexStream<Received<Request>, Response>) => void {
  return (call) => {
    const options = new CallScope(call, host.clock);
    const failure = (error: unknown) => failureOf(host, call.getPath(), error);
    try {
      checkDeadline(options, host.clock);
      checkReady(host);
    } catch (error) {
      call.emit('error', failure(error));
      return;
    }
    serveBoundedStream({
      ...bounds,
      call,
      budget: host.budget,
      drainSignal: host.drainSignal,
      answer: (request) => answer(request, options),
      failureOf: failure,
    });
  };
}
