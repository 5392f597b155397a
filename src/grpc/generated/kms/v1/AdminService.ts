// Original file: proto/kms/v1/admin_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateSnapshotRequest as _kms_v1_CreateSnapshotRequest, CreateSnapshotRequest__Output as _kms_v1_CreateSnapshotRequest__Output } from '../../kms/v1/CreateSnapshotRequest.ts';
import type { CreateSnapshotResponse as _kms_v1_CreateSnapshotResponse, CreateSnapshotResponse__Output as _kms_v1_CreateSnapshotResponse__Output } from '../../kms/v1/CreateSnapshotResponse.ts';
import type { ExportJudgementsRequest as _kms_v1_ExportJudgementsRequest, ExportJudgementsRequest__Output as _kms_v1_ExportJudgementsRequest__Output } from '../../kms/v1/ExportJudgementsRequest.ts';
import type { ExportJudgementsResponse as _kms_v1_ExportJudgementsResponse, ExportJudgementsResponse__Output as _kms_v1_ExportJudgementsResponse__Output } from '../../kms/v1/ExportJudgementsResponse.ts';
import type { GetSearchReportRequest as _kms_v1_GetSearchReportRequest, GetSearchReportRequest__Output as _kms_v1_GetSearchReportRequest__Output } from '../../kms/v1/GetSearchReportRequest.ts';
import type { GetSearchReportResponse as _kms_v1_GetSearchReportResponse, GetSearchReportResponse__Output as _kms_v1_GetSearchReportResponse__Output } from '../../kms/v1/GetSearchReportResponse.ts';
import type { GetStatusRequest as _kms_v1_GetStatusRequest, GetStatusRequest__Output as _kms_v1_GetStatusRequest__Output } from '../../kms/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _kms_v1_GetStatusResponse, GetStatusResponse__Output as _kms_v1_GetStatusResponse__Output } from '../../kms/v1/GetStatusResponse.ts';
import type { ListDeadLettersRequest as _kms_v1_ListDeadLettersRequest, ListDeadLettersRequest__Output as _kms_v1_ListDeadLettersRequest__Output } from '../../kms/v1/ListDeadLettersRequest.ts';
import type { ListDeadLettersResponse as _kms_v1_ListDeadLettersResponse, ListDeadLettersResponse__Output as _kms_v1_ListDeadLettersResponse__Output } from '../../kms/v1/ListDeadLettersResponse.ts';
import type { PurgeDeadLettersRequest as _kms_v1_PurgeDeadLettersRequest, PurgeDeadLettersRequest__Output as _kms_v1_PurgeDeadLettersRequest__Output } from '../../kms/v1/PurgeDeadLettersRequest.ts';
import type { PurgeDeadLettersResponse as _kms_v1_PurgeDeadLettersResponse, PurgeDeadLettersResponse__Output as _kms_v1_PurgeDeadLettersResponse__Output } from '../../kms/v1/PurgeDeadLettersResponse.ts';
import type { RetryDeadLettersRequest as _kms_v1_RetryDeadLettersRequest, RetryDeadLettersRequest__Output as _kms_v1_RetryDeadLettersRequest__Output } from '../../kms/v1/RetryDeadLettersRequest.ts';
import type { RetryDeadLettersResponse as _kms_v1_RetryDeadLettersResponse, RetryDeadLettersResponse__Output as _kms_v1_RetryDeadLettersResponse__Output } from '../../kms/v1/RetryDeadLettersResponse.ts';

export interface AdminServiceClient extends grpc.Client {
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  CreateSnapshot(argument: _kms_v1_CreateSnapshotRequest, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  createSnapshot(argument: _kms_v1_CreateSnapshotRequest, callback: grpc.requestCallback<_kms_v1_CreateSnapshotResponse__Output>): grpc.ClientUnaryCall;
  
  ExportJudgements(argument: _kms_v1_ExportJudgementsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_ExportJudgementsResponse__Output>;
  ExportJudgements(argument: _kms_v1_ExportJudgementsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_ExportJudgementsResponse__Output>;
  exportJudgements(argument: _kms_v1_ExportJudgementsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_ExportJudgementsResponse__Output>;
  exportJudgements(argument: _kms_v1_ExportJudgementsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_ExportJudgementsResponse__Output>;
  
  GetSearchReport(argument: _kms_v1_GetSearchReportRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  GetSearchReport(argument: _kms_v1_GetSearchReportRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  GetSearchReport(argument: _kms_v1_GetSearchReportRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  GetSearchReport(argument: _kms_v1_GetSearchReportRequest, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  getSearchReport(argument: _kms_v1_GetSearchReportRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  getSearchReport(argument: _kms_v1_GetSearchReportRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  getSearchReport(argument: _kms_v1_GetSearchReportRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  getSearchReport(argument: _kms_v1_GetSearchReportRequest, callback: grpc.requestCallback<_kms_v1_GetSearchReportResponse__Output>): grpc.ClientUnaryCall;
  
  GetStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kms_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kms_v1_GetStatusRequest, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kms_v1_GetStatusRequest, callback: grpc.requestCallback<_kms_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
  ListDeadLetters(argument: _kms_v1_ListDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  ListDeadLetters(argument: _kms_v1_ListDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  ListDeadLetters(argument: _kms_v1_ListDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  ListDeadLetters(argument: _kms_v1_ListDeadLettersRequest, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  listDeadLetters(argument: _kms_v1_ListDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  listDeadLetters(argument: _kms_v1_ListDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  listDeadLetters(argument: _kms_v1_ListDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  listDeadLetters(argument: _kms_v1_ListDeadLettersRequest, callback: grpc.requestCallback<_kms_v1_ListDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  
  PurgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  PurgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  PurgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  PurgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  purgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  purgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  purgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  purgeDeadLetters(argument: _kms_v1_PurgeDeadLettersRequest, callback: grpc.requestCallback<_kms_v1_PurgeDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  
  RetryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  RetryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  RetryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  RetryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  retryDeadLetters(argument: _kms_v1_RetryDeadLettersRequest, callback: grpc.requestCallback<_kms_v1_RetryDeadLettersResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AdminServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateSnapshot: grpc.handleUnaryCall<_kms_v1_CreateSnapshotRequest__Output, _kms_v1_CreateSnapshotResponse>;
  
  ExportJudgements: grpc.handleServerStreamingCall<_kms_v1_ExportJudgementsRequest__Output, _kms_v1_ExportJudgementsResponse>;
  
  GetSearchReport: grpc.handleUnaryCall<_kms_v1_GetSearchReportRequest__Output, _kms_v1_GetSearchReportResponse>;
  
  GetStatus: grpc.handleUnaryCall<_kms_v1_GetStatusRequest__Output, _kms_v1_GetStatusResponse>;
  
  ListDeadLetters: grpc.handleUnaryCall<_kms_v1_ListDeadLettersRequest__Output, _kms_v1_ListDeadLettersResponse>;
  
  PurgeDeadLetters: grpc.handleUnaryCall<_kms_v1_PurgeDeadLettersRequest__Output, _kms_v1_PurgeDeadLettersResponse>;
  
  RetryDeadLetters: grpc.handleUnaryCall<_kms_v1_RetryDeadLettersRequest__Output, _kms_v1_RetryDeadLettersResponse>;
  
}

export interface AdminServiceDefinition extends grpc.ServiceDefinition {
  CreateSnapshot: MethodDefinition<_kms_v1_CreateSnapshotRequest, _kms_v1_CreateSnapshotResponse, _kms_v1_CreateSnapshotRequest__Output, _kms_v1_CreateSnapshotResponse__Output>
  ExportJudgements: MethodDefinition<_kms_v1_ExportJudgementsRequest, _kms_v1_ExportJudgementsResponse, _kms_v1_ExportJudgementsRequest__Output, _kms_v1_ExportJudgementsResponse__Output>
  GetSearchReport: MethodDefinition<_kms_v1_GetSearchReportRequest, _kms_v1_GetSearchReportResponse, _kms_v1_GetSearchReportRequest__Output, _kms_v1_GetSearchReportResponse__Output>
  GetStatus: MethodDefinition<_kms_v1_GetStatusRequest, _kms_v1_GetStatusResponse, _kms_v1_GetStatusRequest__Output, _kms_v1_GetStatusResponse__Output>
  ListDeadLetters: MethodDefinition<_kms_v1_ListDeadLettersRequest, _kms_v1_ListDeadLettersResponse, _kms_v1_ListDeadLettersRequest__Output, _kms_v1_ListDeadLettersResponse__Output>
  PurgeDeadLetters: MethodDefinition<_kms_v1_PurgeDeadLettersRequest, _kms_v1_PurgeDeadLettersResponse, _kms_v1_PurgeDeadLettersRequest__Output, _kms_v1_PurgeDeadLettersResponse__Output>
  RetryDeadLetters: MethodDefinition<_kms_v1_RetryDeadLettersRequest, _kms_v1_RetryDeadLettersResponse, _kms_v1_RetryDeadLettersRequest__Output, _kms_v1_RetryDeadLettersResponse__Output>
}
