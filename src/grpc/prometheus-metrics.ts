// The gRPC server's metrics in the engine's registry.

import type { Metrics } from '../observability/metrics.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';

export function prometheusMetrics(metrics: Metrics): GrpcMetrics {
  return {
    callStarted: (labels) => metrics.count('grpc_server_started_total', 1, { ...labels }),
    callHandled: (labels, grpcCode, seconds) => {
      const handled = { ...labels, grpc_code: grpcCode };
      metrics.count('grpc_server_handled_total', 1, handled);
      metrics.observe('grpc_server_handling_seconds', seconds, handled);
    },
    messageReceived: (labels) => metrics.count('grpc_server_msg_received_total', 1, { ...labels }),
    messageSent: (labels) => metrics.count('grpc_server_msg_sent_total', 1, { ...labels }),
    documentsRefused: (count) => metrics.count('kms_ingest_documents_total', count, { outcome: 'rejected' }),
  };
}
