// Original file: proto/kms/v1/ingest_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { IngestRequest as _kms_v1_IngestRequest, IngestRequest__Output as _kms_v1_IngestRequest__Output } from '../../kms/v1/IngestRequest.ts';
import type { IngestResponse as _kms_v1_IngestResponse, IngestResponse__Output as _kms_v1_IngestResponse__Output } from '../../kms/v1/IngestResponse.ts';

export interface IngestServiceClient extends grpc.Client {
  Ingest(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_IngestRequest, _kms_v1_IngestResponse__Output>;
  Ingest(options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_IngestRequest, _kms_v1_IngestResponse__Output>;
  ingest(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_IngestRequest, _kms_v1_IngestResponse__Output>;
  ingest(options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_IngestRequest, _kms_v1_IngestResponse__Output>;
  
}

export interface IngestServiceHandlers extends grpc.UntypedServiceImplementation {
  Ingest: grpc.handleBidiStreamingCall<_kms_v1_IngestRequest__Output, _kms_v1_IngestResponse>;
  
}

export interface IngestServiceDefinition extends grpc.ServiceDefinition {
  Ingest: MethodDefinition<_kms_v1_IngestRequest, _kms_v1_IngestResponse, _kms_v1_IngestRequest__Output, _kms_v1_IngestResponse__Output>
}
