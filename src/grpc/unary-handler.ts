// One unary call: admission, decoding, answer or error. The handlers hold only what differs.

import type { handleUnaryCall } from '@grpc/grpc-js';
import { KmsError } from '../base/errors.ts';
import type { CallOptions } from '../pipeline/engine-api.ts';
import { CallScope } from './call-scope.ts';
import { InputFaults } from './input-faults.ts';
import type { Received } from './received.ts';
import { checkDeadline, checkReady, failureOf, type RpcHost } from './rpc-host.ts';

/** Answers one request. `faults` holds what the bytes told already; the handler adds its own and throws them together. */
export type UnaryAnswer<Request, Response> = (
  request: Request,
  faults: InputFaults,
  options: CallOptions,
) => Promise<Response>;

export interface UnaryOptions {
  /** Whether the call needs a ready engine. */
  readonly needsReady: boolean;
  /** Whether the call is refused while the requests of all calls together hold too many bytes: for writes. */
  readonly needsRoom?: boolean;
}

export function unaryHandler<Request, Response>(
  host: RpcHost,
  { needsReady, needsRoom = false }: UnaryOptions,
  answer: UnaryAnswer<Request, Response>,
): handleUnaryCall<Received<Request>, Response> {
  return (call, callback) => {
    const { byteLength } = call.request;
    const scope = new CallScope(call, host.clock);
    const { hasRoom } = host.budget;
    const begin = (): Promise<Response> => {
      const { message, fault, violations } = call.request;
      checkDeadline(scope, host.clock);
      if (needsReady) checkReady(host);
      if (needsRoom && !hasRoom)
        throw new KmsError('resource_exhausted', 'too many bytes of requests are under way');
      if (message === null) throw fault;
      return answer(message, new InputFaults(violations), scope);
    };
    const fail = (error: unknown) => {
      // The call's end still aborts: other shards may be at work for it.
      host.budget.release(byteLength);
      callback(failureOf(host, call.getPath(), error));
    };
    host.budget.take(byteLength);
    try {
      begin().then((response) => {
        scope.end();
        host.budget.release(byteLength);
        callback(null, response);
      }, fail);
    } catch (error) {
      fail(error);
    }
  };
}
