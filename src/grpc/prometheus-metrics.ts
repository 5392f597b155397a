// The gRPC server's metrics in the engine's registry.

import type { BoundCounter, BoundHistogram, Metrics } from '../observability/metrics.ts';
import type { GrpcMethodLabels, GrpcMetrics } from './grpc-metrics.ts';

interface HandledSeries {
  readonly handled: BoundCounter;
  readonly seconds: BoundHistogram;
}

/** The series of one method; one entry of `handled` a status code. */
interface MethodSeries {
  readonly started: BoundCounter;
  readonly received: BoundCounter;
  readonly sent: BoundCounter;
  readonly handled: Map<string, HandledSeries>;
}

export function prometheusMetrics(metrics: Metrics): GrpcMetrics {
  const refused = metrics.counter('kms_ingest_documents_total', { outcome: 'rejected' });
  /** Bounded by the methods of the server: each has one labels object. */
  const methods = new WeakMap<GrpcMethodLabels, MethodSeries>();
  const seriesOf = (labels: GrpcMethodLabels): MethodSeries => {
    const known = methods.get(labels);
    if (known !== undefined) return known;
    const made = {
      started: metrics.counter('grpc_server_started_total', { ...labels }),
      received: metrics.counter('grpc_server_msg_received_total', { ...labels }),
      sent: metrics.counter('grpc_server_msg_sent_total', { ...labels }),
      handled: new Map(),
    };
    methods.set(labels, made);
    return made;
  };
  const handledOf = (labels: GrpcMethodLabels, grpcCode: string): HandledSeries => {
    const { handled } = seriesOf(labels);
    const known = handled.get(grpcCode);
    if (known !== undefined) return known;
    const withCode = { ...labels, grpc_code: grpcCode };
    const made = {
      handled: metrics.counter('grpc_server_handled_total', withCode),
      seconds: metrics.histogram('grpc_server_handling_seconds', withCode),
    };
    handled.set(grpcCode, made);
    return made;
  };
  return {
    callStarted: (labels) => seriesOf(labels).started.add(),
    callHandled: (labels, grpcCode, seconds) => {
      const series = handledOf(labels, grpcCode);
      series.handled.add();
      series.seconds.observe(seconds);
    },
    messageReceived: (labels) => seriesOf(labels).received.add(),
    messageSent: (labels) => seriesOf(labels).sent.add(),
    documentsRefused: (count) => refused.add(count),
  };
}
