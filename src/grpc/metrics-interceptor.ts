// Counts and times every call on its way in and out.

import {
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import type { Clock } from '../base/clock.ts';
import type { GrpcMethodLabels, GrpcMetrics } from './grpc-metrics.ts';
import { statusNames } from './status.ts';

// biome-ignore lint/suspicious/noExplicitAny: methods of any message type
type AnyMethod = ServerMethodDefinition<any, any>;

function labelsOf({ path, requestStream, responseStream }: AnyMethod): GrpcMethodLabels {
  const [service = '', method = ''] = path.slice(1).split('/');
  const type = requestStream
    ? responseStream
      ? 'bidi_stream'
      : 'client_stream'
    : responseStream
      ? 'server_stream'
      : 'unary';
  return { grpc_service: service, grpc_method: method, grpc_type: type };
}

export function metricsInterceptor(metrics: GrpcMetrics, clock: Clock): ServerInterceptor {
  /** One entry a method of the server: calls of unknown methods do not come this far. */
  const labelsByPath = new Map<string, GrpcMethodLabels>();
  return (method, call) => {
    const labels = labelsByPath.get(method.path) ?? labelsOf(method);
    labelsByPath.set(method.path, labels);
    const startMs = clock.nowMs();
    let isHandled = false;
    const handled = (code: number) => {
      if (isHandled) return;
      isHandled = true;
      metrics.callHandled(labels, statusNames[code] ?? 'UNKNOWN', (clock.nowMs() - startMs) / 1000);
    };
    metrics.callStarted(labels);
    const listener = new ServerListenerBuilder()
      .withOnReceiveMessage((message, next) => {
        metrics.messageReceived(labels);
        next(message);
      })
      // Comes without a status when the client has gone and when the transport ended the call itself, for a deadline
      // or for a message over the limit; only the deadline can be told from here.
      .withOnCancel(() =>
        handled(isPast(call.getDeadline(), clock) ? status.DEADLINE_EXCEEDED : status.CANCELLED),
      )
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMessage((message, next) => {
        metrics.messageSent(labels);
        next(message);
      })
      .withSendStatus((sent, next) => {
        handled(sent.code ?? status.UNKNOWN);
        next(sent);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

function isPast(deadline: Date | number, clock: Clock): boolean {
  return (deadline instanceof Date ? deadline.getTime() : deadline) <= clock.epochMs();
}
