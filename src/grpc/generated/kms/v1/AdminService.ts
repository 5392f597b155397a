// Original file: proto/kms/v1/admin_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateSnapshotRequest as _kms_v1_CreateSnapshotRequest, CreateSnapshotRequest__Output as _kms_v1_CreateSnapshotRequest__Output } from '../../kms/v1/CreateSnapshotRequest.ts';
import type { CreateSnapshotResponse as _kms_v1_CreateSnapshotResponse, CreateSnapshotResponse__Output as _kms_v1_CreateSnapshotResponse__Output } from '../../kms/v1/CreateSnapshotResponse.ts';
import type { GetStatusRequest as _kms_v1_GetStatusRequest, GetStatusRequest__Output as _kms_v1_GetStatusRequest__Output } from '../../kms/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _kms_v1_GetStatusResponse, GetStatusResponse__Output as _kms_v1_GetStatusResponse__Output } from '../../kms/v1/GetStatusResponse.ts';

export interface AdminServiceClient extends grpc.Client {
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  
  GetStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kms_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kms_v1_GetStatusRequest, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AdminServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateSnapshot: grpc.handleUnaryCall<_kms_v1_CreateSnapshotRequest__Output, _kms_v1_CreateSnapshotResponse>;
  
  GetStatus: grpc.handleUnaryCall<_kms_v1_GetStatusRequest__Output, _kms_v1_GetStatusResponse>;
  
}

export interface AdminServiceDefinition extends grpc.ServiceDefinition {
  CreateSnapshot: MethodDefinition<_kms_v1_CreateSnapshotRequest, _kms_v1_CreateSnapshotResponse, _kms_v1_CreateSnapshotRequest__Output, _kms_v1_CreateSnapshotResponse__Output>
  GetStatus: MethodDefinition<_kms_v1_GetStatusRequest, _kms_v1_GetStatusResponse, _kms_v1_GetStatusRequest__Output, _kms_v1_GetStatusResponse__Output>
}
