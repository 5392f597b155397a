// The metrics of the gRPC server, as an interface: which registry they go to is decided where the engine is put
// together. Label names and values are those of the widespread gRPC server dashboards.

/** grpc_service, grpc_method and grpc_type; one object a method, so that its identity may key a cache. */
export interface GrpcMethodLabels {
  /** For example `kms.v1.SearchService`. */
  readonly grpc_service: string;
  readonly grpc_method: string;
  readonly grpc_type: 'unary' | 'client_stream' | 'server_stream' | 'bidi_stream';
}

export interface GrpcMetrics {
  /** grpc_server_started_total. */
  callStarted(labels: GrpcMethodLabels): void;
  /** grpc_server_handled_total, with `grpc_code` (OK, NOT_FOUND, …) as one more label, and grpc_server_handling_seconds. */
  callHandled(labels: GrpcMethodLabels, grpcCode: string, seconds: number): void;
  /** grpc_server_msg_received_total. */
  messageReceived(labels: GrpcMethodLabels): void;
  /** grpc_server_msg_sent_total. */
  messageSent(labels: GrpcMethodLabels): void;
  /** kms_ingest_documents_total: documents that were rejected for their form, before the engine saw them. */
  documentsRefused(count: number): void;
}

/** For those who do not measure. */
export const noGrpcMetrics: GrpcMetrics = {
  callStarted: () => {},
  callHandled: () => {},
  messageReceived: () => {},
  messageSent: () => {},
  documentsRefused: () => {},
};
