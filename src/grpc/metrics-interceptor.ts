// Counts and times every call on its way in and out. A call is wrapped by one object and not by grpc-js's
// ServerInterceptingCall, which with its builders makes some twenty for each.

import {
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
  status,
} from '@grpc/grpc-js';
import type { Clock } from '../base/clock.ts';
import type { GrpcMethodLabels, GrpcMetrics } from './grpc-metrics.ts';
import { statusNames } from './status.ts';

// biome-ignore lint/suspicious/noExplicitAny: methods of any message type
type AnyMethod = ServerMethodDefinition<any, any>;
type Listener = Parameters<ServerInterceptingCallInterface['start']>[0];
type Metadata = Parameters<ServerInterceptingCallInterface['sendMetadata']>[0];
type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/** What the calls of a method have in common. */
interface MeasuredMethod {
  readonly labels: GrpcMethodLabels;
  readonly metrics: GrpcMetrics;
  readonly clock: Clock;
}

export function metricsInterceptor(metrics: GrpcMetrics, clock: Clock): ServerInterceptor {
  /** One entry a method of the server: calls of unknown methods do not come this far. */
  const methods = new Map<string, MeasuredMethod>();
  return (definition, call) => {
    let method = methods.get(definition.path);
    if (method === undefined) {
      method = { labels: labelsOf(definition), metrics, clock };
      methods.set(definition.path, method);
    }
    // The declared type is grpc-js's own class, of which it uses what the interface names.
    return new MeasuredCall(method, call) as unknown as ReturnType<ServerInterceptor>;
  };
}

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

/** Stands between grpc-js's handler of a call, which starts it and listens, and the call itself. */
class MeasuredCall implements ServerInterceptingCallInterface {
  readonly #method: MeasuredMethod;
  readonly #call: ServerInterceptingCallInterface;
  readonly #startMs: number;
  #listener: Listener | null = null;
  #isHandled = false;

  constructor(method: MeasuredMethod, call: ServerInterceptingCallInterface) {
    this.#method = method;
    this.#call = call;
    this.#startMs = method.clock.nowMs();
    method.metrics.callStarted(method.labels);
  }

  // ── what comes in ──

  start(listener: Listener): void {
    this.#listener = listener;
    this.#call.start(this);
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.#listener?.onReceiveMetadata(metadata);
  }

  onReceiveMessage(message: unknown): void {
    const { metrics, labels } = this.#method;
    metrics.messageReceived(labels);
    this.#listener?.onReceiveMessage(message);
  }

  onReceiveHalfClose(): void {
    this.#listener?.onReceiveHalfClose();
  }

  /**
   * Comes after each call. Without a status before it, the client has gone or the transport ended the call itself, for a
   * deadline or for a message over the limit; only the deadline can be told from here.
   */
  onCancel(): void {
    if (!this.#isHandled) {
      const isLate = isPast(this.getDeadline(), this.#method.clock);
      this.#handled(isLate ? status.DEADLINE_EXCEEDED : status.CANCELLED);
    }
    const listener = this.#listener;
    // Nothing comes after this, and the stream, which holds this, stays in memory for long after it was closed: Node keeps
    // streams in a Map (see live-entries.ts). The request and the handler need not stay with it.
    this.#listener = null;
    listener?.onCancel();
  }

  // ── what goes out ──

  sendMetadata(metadata: Metadata): void {
    this.#call.sendMetadata(metadata);
  }

  sendMessage(message: unknown, callback: () => void): void {
    const { metrics, labels } = this.#method;
    metrics.messageSent(labels);
    this.#call.sendMessage(message, callback);
  }

  sendStatus(sent: Status): void {
    this.#handled(sent.code ?? status.UNKNOWN);
    this.#call.sendStatus(sent);
  }

  // ── what is passed on ──

  startRead(): void {
    this.#call.startRead();
  }

  getPeer() {
    return this.#call.getPeer();
  }

  getDeadline() {
    return this.#call.getDeadline();
  }

  getHost() {
    return this.#call.getHost();
  }

  getAuthContext() {
    return this.#call.getAuthContext();
  }

  getConnectionInfo() {
    return this.#call.getConnectionInfo();
  }

  getMetricsRecorder() {
    return this.#call.getMetricsRecorder();
  }

  #handled(code: number): void {
    if (this.#isHandled) return;
    this.#isHandled = true;
    const { metrics, labels, clock } = this.#method;
    metrics.callHandled(labels, statusNames[code] ?? 'UNKNOWN', (clock.nowMs() - this.#startMs) / 1000);
  }
}

function isPast(deadline: Date | number, clock: Clock): boolean {
  return (deadline instanceof Date ? deadline.getTime() : deadline) <= clock.epochMs();
}
