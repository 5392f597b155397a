// Original file: proto/kms/v1/job_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CancelJobRequest as _kms_v1_CancelJobRequest, CancelJobRequest__Output as _kms_v1_CancelJobRequest__Output } from '../../kms/v1/CancelJobRequest.ts';
import type { CancelJobResponse as _kms_v1_CancelJobResponse, CancelJobResponse__Output as _kms_v1_CancelJobResponse__Output } from '../../kms/v1/CancelJobResponse.ts';
import type { GetJobRequest as _kms_v1_GetJobRequest, GetJobRequest__Output as _kms_v1_GetJobRequest__Output } from '../../kms/v1/GetJobRequest.ts';
import type { GetJobResponse as _kms_v1_GetJobResponse, GetJobResponse__Output as _kms_v1_GetJobResponse__Output } from '../../kms/v1/GetJobResponse.ts';
import type { ListJobsRequest as _kms_v1_ListJobsRequest, ListJobsRequest__Output as _kms_v1_ListJobsRequest__Output } from '../../kms/v1/ListJobsRequest.ts';
import type { ListJobsResponse as _kms_v1_ListJobsResponse, ListJobsResponse__Output as _kms_v1_ListJobsResponse__Output } from '../../kms/v1/ListJobsResponse.ts';
import type { ListSourcesRequest as _kms_v1_ListSourcesRequest, ListSourcesRequest__Output as _kms_v1_ListSourcesRequest__Output } from '../../kms/v1/ListSourcesRequest.ts';
import type { ListSourcesResponse as _kms_v1_ListSourcesResponse, ListSourcesResponse__Output as _kms_v1_ListSourcesResponse__Output } from '../../kms/v1/ListSourcesResponse.ts';
import type { StartSyncRequest as _kms_v1_StartSyncRequest, StartSyncRequest__Output as _kms_v1_StartSyncRequest__Output } from '../../kms/v1/StartSyncRequest.ts';
import type { StartSyncResponse as _kms_v1_StartSyncResponse, StartSyncResponse__Output as _kms_v1_StartSyncResponse__Output } from '../../kms/v1/StartSyncResponse.ts';
import type { WatchJobRequest as _kms_v1_WatchJobRequest, WatchJobRequest__Output as _kms_v1_WatchJobRequest__Output } from '../../kms/v1/WatchJobRequest.ts';
import type { WatchJobResponse as _kms_v1_WatchJobResponse, WatchJobResponse__Output as _kms_v1_WatchJobResponse__Output } from '../../kms/v1/WatchJobResponse.ts';

export interface JobServiceClient extends grpc.Client {
  CancelJob(argument: _kms_v1_CancelJobRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  CancelJob(argument: _kms_v1_CancelJobRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  CancelJob(argument: _kms_v1_CancelJobRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  CancelJob(argument: _kms_v1_CancelJobRequest, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  cancelJob(argument: _kms_v1_CancelJobRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  cancelJob(argument: _kms_v1_CancelJobRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  cancelJob(argument: _kms_v1_CancelJobRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  cancelJob(argument: _kms_v1_CancelJobRequest, callback: grpc.requestCallback<_kms_v1_CancelJobResponse__Output>): grpc.ClientUnaryCall;
  
  GetJob(argument: _kms_v1_GetJobRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  GetJob(argument: _kms_v1_GetJobRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  GetJob(argument: _kms_v1_GetJobRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  GetJob(argument: _kms_v1_GetJobRequest, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  getJob(argument: _kms_v1_GetJobRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  getJob(argument: _kms_v1_GetJobRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  getJob(argument: _kms_v1_GetJobRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  getJob(argument: _kms_v1_GetJobRequest, callback: grpc.requestCallback<_kms_v1_GetJobResponse__Output>): grpc.ClientUnaryCall;
  
  ListJobs(argument: _kms_v1_ListJobsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  ListJobs(argument: _kms_v1_ListJobsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  ListJobs(argument: _kms_v1_ListJobsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  ListJobs(argument: _kms_v1_ListJobsRequest, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  listJobs(argument: _kms_v1_ListJobsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  listJobs(argument: _kms_v1_ListJobsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  listJobs(argument: _kms_v1_ListJobsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  listJobs(argument: _kms_v1_ListJobsRequest, callback: grpc.requestCallback<_kms_v1_ListJobsResponse__Output>): grpc.ClientUnaryCall;
  
  ListSources(argument: _kms_v1_ListSourcesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  ListSources(argument: _kms_v1_ListSourcesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  ListSources(argument: _kms_v1_ListSourcesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  ListSources(argument: _kms_v1_ListSourcesRequest, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  listSources(argument: _kms_v1_ListSourcesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  listSources(argument: _kms_v1_ListSourcesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  listSources(argument: _kms_v1_ListSourcesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  listSources(argument: _kms_v1_ListSourcesRequest, callback: grpc.requestCallback<_kms_v1_ListSourcesResponse__Output>): grpc.ClientUnaryCall;
  
  StartSync(argument: _kms_v1_StartSyncRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  StartSync(argument: _kms_v1_StartSyncRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  StartSync(argument: _kms_v1_StartSyncRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  StartSync(argument: _kms_v1_StartSyncRequest, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  startSync(argument: _kms_v1_StartSyncRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  startSync(argument: _kms_v1_StartSyncRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  startSync(argument: _kms_v1_StartSyncRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  startSync(argument: _kms_v1_StartSyncRequest, callback: grpc.requestCallback<_kms_v1_StartSyncResponse__Output>): grpc.ClientUnaryCall;
  
  WatchJob(argument: _kms_v1_WatchJobRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_WatchJobResponse__Output>;
  WatchJob(argument: _kms_v1_WatchJobRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_WatchJobResponse__Output>;
  watchJob(argument: _kms_v1_WatchJobRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_WatchJobResponse__Output>;
  watchJob(argument: _kms_v1_WatchJobRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_kms_v1_WatchJobResponse__Output>;
  
}

export interface JobServiceHandlers extends grpc.UntypedServiceImplementation {
  CancelJob: grpc.handleUnaryCall<_kms_v1_CancelJobRequest__Output, _kms_v1_CancelJobResponse>;
  
  GetJob: grpc.handleUnaryCall<_kms_v1_GetJobRequest__Output, _kms_v1_GetJobResponse>;
  
  ListJobs: grpc.handleUnaryCall<_kms_v1_ListJobsRequest__Output, _kms_v1_ListJobsResponse>;
  
  ListSources: grpc.handleUnaryCall<_kms_v1_ListSourcesRequest__Output, _kms_v1_ListSourcesResponse>;
  
  StartSync: grpc.handleUnaryCall<_kms_v1_StartSyncRequest__Output, _kms_v1_StartSyncResponse>;
  
  WatchJob: grpc.handleServerStreamingCall<_kms_v1_WatchJobRequest__Output, _kms_v1_WatchJobResponse>;
  
}

export interface JobServiceDefinition extends grpc.ServiceDefinition {
  CancelJob: MethodDefinition<_kms_v1_CancelJobRequest, _kms_v1_CancelJobResponse, _kms_v1_CancelJobRequest__Output, _kms_v1_CancelJobResponse__Output>
  GetJob: MethodDefinition<_kms_v1_GetJobRequest, _kms_v1_GetJobResponse, _kms_v1_GetJobRequest__Output, _kms_v1_GetJobResponse__Output>
  ListJobs: MethodDefinition<_kms_v1_ListJobsRequest, _kms_v1_ListJobsResponse, _kms_v1_ListJobsRequest__Output, _kms_v1_ListJobsResponse__Output>
  ListSources: MethodDefinition<_kms_v1_ListSourcesRequest, _kms_v1_ListSourcesResponse, _kms_v1_ListSourcesRequest__Output, _kms_v1_ListSourcesResponse__Output>
  StartSync: MethodDefinition<_kms_v1_StartSyncRequest, _kms_v1_StartSyncResponse, _kms_v1_StartSyncRequest__Output, _kms_v1_StartSyncResponse__Output>
  WatchJob: MethodDefinition<_kms_v1_WatchJobRequest, _kms_v1_WatchJobResponse, _kms_v1_WatchJobRequest__Output, _kms_v1_WatchJobResponse__Output>
}
