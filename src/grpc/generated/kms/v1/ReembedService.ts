// Original file: proto/kms/v1/reembed_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DropGenerationRequest as _kms_v1_DropGenerationRequest, DropGenerationRequest__Output as _kms_v1_DropGenerationRequest__Output } from '../../kms/v1/DropGenerationRequest.ts';
import type { DropGenerationResponse as _kms_v1_DropGenerationResponse, DropGenerationResponse__Output as _kms_v1_DropGenerationResponse__Output } from '../../kms/v1/DropGenerationResponse.ts';
import type { EstimateReembedRequest as _kms_v1_EstimateReembedRequest, EstimateReembedRequest__Output as _kms_v1_EstimateReembedRequest__Output } from '../../kms/v1/EstimateReembedRequest.ts';
import type { EstimateReembedResponse as _kms_v1_EstimateReembedResponse, EstimateReembedResponse__Output as _kms_v1_EstimateReembedResponse__Output } from '../../kms/v1/EstimateReembedResponse.ts';
import type { GetReembedRequest as _kms_v1_GetReembedRequest, GetReembedRequest__Output as _kms_v1_GetReembedRequest__Output } from '../../kms/v1/GetReembedRequest.ts';
import type { GetReembedResponse as _kms_v1_GetReembedResponse, GetReembedResponse__Output as _kms_v1_GetReembedResponse__Output } from '../../kms/v1/GetReembedResponse.ts';
import type { RollbackReembedRequest as _kms_v1_RollbackReembedRequest, RollbackReembedRequest__Output as _kms_v1_RollbackReembedRequest__Output } from '../../kms/v1/RollbackReembedRequest.ts';
import type { RollbackReembedResponse as _kms_v1_RollbackReembedResponse, RollbackReembedResponse__Output as _kms_v1_RollbackReembedResponse__Output } from '../../kms/v1/RollbackReembedResponse.ts';
import type { StartReembedRequest as _kms_v1_StartReembedRequest, StartReembedRequest__Output as _kms_v1_StartReembedRequest__Output } from '../../kms/v1/StartReembedRequest.ts';
import type { StartReembedResponse as _kms_v1_StartReembedResponse, StartReembedResponse__Output as _kms_v1_StartReembedResponse__Output } from '../../kms/v1/StartReembedResponse.ts';
import type { SwitchReembedRequest as _kms_v1_SwitchReembedRequest, SwitchReembedRequest__Output as _kms_v1_SwitchReembedRequest__Output } from '../../kms/v1/SwitchReembedRequest.ts';
import type { SwitchReembedResponse as _kms_v1_SwitchReembedResponse, SwitchReembedResponse__Output as _kms_v1_SwitchReembedResponse__Output } from '../../kms/v1/SwitchReembedResponse.ts';

export interface ReembedServiceClient extends grpc.Client {
  DropGeneration(argument: _kms_v1_DropGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  DropGeneration(argument: _kms_v1_DropGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  DropGeneration(argument: _kms_v1_DropGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  DropGeneration(argument: _kms_v1_DropGenerationRequest, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  dropGeneration(argument: _kms_v1_DropGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  dropGeneration(argument: _kms_v1_DropGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  dropGeneration(argument: _kms_v1_DropGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  dropGeneration(argument: _kms_v1_DropGenerationRequest, callback: grpc.requestCallback<_kms_v1_DropGenerationResponse__Output>): grpc.ClientUnaryCall;
  
  EstimateReembed(argument: _kms_v1_EstimateReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  EstimateReembed(argument: _kms_v1_EstimateReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  EstimateReembed(argument: _kms_v1_EstimateReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  EstimateReembed(argument: _kms_v1_EstimateReembedRequest, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  estimateReembed(argument: _kms_v1_EstimateReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  estimateReembed(argument: _kms_v1_EstimateReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  estimateReembed(argument: _kms_v1_EstimateReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  estimateReembed(argument: _kms_v1_EstimateReembedRequest, callback: grpc.requestCallback<_kms_v1_EstimateReembedResponse__Output>): grpc.ClientUnaryCall;
  
  GetReembed(argument: _kms_v1_GetReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  GetReembed(argument: _kms_v1_GetReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  GetReembed(argument: _kms_v1_GetReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  GetReembed(argument: _kms_v1_GetReembedRequest, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  getReembed(argument: _kms_v1_GetReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  getReembed(argument: _kms_v1_GetReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  getReembed(argument: _kms_v1_GetReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  getReembed(argument: _kms_v1_GetReembedRequest, callback: grpc.requestCallback<_kms_v1_GetReembedResponse__Output>): grpc.ClientUnaryCall;
  
  RollbackReembed(argument: _kms_v1_RollbackReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  RollbackReembed(argument: _kms_v1_RollbackReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  RollbackReembed(argument: _kms_v1_RollbackReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  RollbackReembed(argument: _kms_v1_RollbackReembedRequest, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  rollbackReembed(argument: _kms_v1_RollbackReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  rollbackReembed(argument: _kms_v1_RollbackReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  rollbackReembed(argument: _kms_v1_RollbackReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  rollbackReembed(argument: _kms_v1_RollbackReembedRequest, callback: grpc.requestCallback<_kms_v1_RollbackReembedResponse__Output>): grpc.ClientUnaryCall;
  
  StartReembed(argument: _kms_v1_StartReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  StartReembed(argument: _kms_v1_StartReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  StartReembed(argument: _kms_v1_StartReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  StartReembed(argument: _kms_v1_StartReembedRequest, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  startReembed(argument: _kms_v1_StartReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  startReembed(argument: _kms_v1_StartReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  startReembed(argument: _kms_v1_StartReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  startReembed(argument: _kms_v1_StartReembedRequest, callback: grpc.requestCallback<_kms_v1_StartReembedResponse__Output>): grpc.ClientUnaryCall;
  
  SwitchReembed(argument: _kms_v1_SwitchReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  SwitchReembed(argument: _kms_v1_SwitchReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  SwitchReembed(argument: _kms_v1_SwitchReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  SwitchReembed(argument: _kms_v1_SwitchReembedRequest, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  switchReembed(argument: _kms_v1_SwitchReembedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  switchReembed(argument: _kms_v1_SwitchReembedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  switchReembed(argument: _kms_v1_SwitchReembedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  switchReembed(argument: _kms_v1_SwitchReembedRequest, callback: grpc.requestCallback<_kms_v1_SwitchReembedResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ReembedServiceHandlers extends grpc.UntypedServiceImplementation {
  DropGeneration: grpc.handleUnaryCall<_kms_v1_DropGenerationRequest__Output, _kms_v1_DropGenerationResponse>;
  
  EstimateReembed: grpc.handleUnaryCall<_kms_v1_EstimateReembedRequest__Output, _kms_v1_EstimateReembedResponse>;
  
  GetReembed: grpc.handleUnaryCall<_kms_v1_GetReembedRequest__Output, _kms_v1_GetReembedResponse>;
  
  RollbackReembed: grpc.handleUnaryCall<_kms_v1_RollbackReembedRequest__Output, _kms_v1_RollbackReembedResponse>;
  
  StartReembed: grpc.handleUnaryCall<_kms_v1_StartReembedRequest__Output, _kms_v1_StartReembedResponse>;
  
  SwitchReembed: grpc.handleUnaryCall<_kms_v1_SwitchReembedRequest__Output, _kms_v1_SwitchReembedResponse>;
  
}

export interface ReembedServiceDefinition extends grpc.ServiceDefinition {
  DropGeneration: MethodDefinition<_kms_v1_DropGenerationRequest, _kms_v1_DropGenerationResponse, _kms_v1_DropGenerationRequest__Output, _kms_v1_DropGenerationResponse__Output>
  EstimateReembed: MethodDefinition<_kms_v1_EstimateReembedRequest, _kms_v1_EstimateReembedResponse, _kms_v1_EstimateReembedRequest__Output, _kms_v1_EstimateReembedResponse__Output>
  GetReembed: MethodDefinition<_kms_v1_GetReembedRequest, _kms_v1_GetReembedResponse, _kms_v1_GetReembedRequest__Output, _kms_v1_GetReembedResponse__Output>
  RollbackReembed: MethodDefinition<_kms_v1_RollbackReembedRequest, _kms_v1_RollbackReembedResponse, _kms_v1_RollbackReembedRequest__Output, _kms_v1_RollbackReembedResponse__Output>
  StartReembed: MethodDefinition<_kms_v1_StartReembedRequest, _kms_v1_StartReembedResponse, _kms_v1_StartReembedRequest__Output, _kms_v1_StartReembedResponse__Output>
  SwitchReembed: MethodDefinition<_kms_v1_SwitchReembedRequest, _kms_v1_SwitchReembedResponse, _kms_v1_SwitchReembedRequest__Output, _kms_v1_SwitchReembedResponse__Output>
}
