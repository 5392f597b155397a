// Original file: proto/kms/v1/search_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchSearchRequest as _kms_v1_BatchSearchRequest, BatchSearchRequest__Output as _kms_v1_BatchSearchRequest__Output } from '../../kms/v1/BatchSearchRequest.ts';
import type { BatchSearchResponse as _kms_v1_BatchSearchResponse, BatchSearchResponse__Output as _kms_v1_BatchSearchResponse__Output } from '../../kms/v1/BatchSearchResponse.ts';
import type { FindSimilarRequest as _kms_v1_FindSimilarRequest, FindSimilarRequest__Output as _kms_v1_FindSimilarRequest__Output } from '../../kms/v1/FindSimilarRequest.ts';
import type { FindSimilarResponse as _kms_v1_FindSimilarResponse, FindSimilarResponse__Output as _kms_v1_FindSimilarResponse__Output } from '../../kms/v1/FindSimilarResponse.ts';
import type { RecordFeedbackRequest as _kms_v1_RecordFeedbackRequest, RecordFeedbackRequest__Output as _kms_v1_RecordFeedbackRequest__Output } from '../../kms/v1/RecordFeedbackRequest.ts';
import type { RecordFeedbackResponse as _kms_v1_RecordFeedbackResponse, RecordFeedbackResponse__Output as _kms_v1_RecordFeedbackResponse__Output } from '../../kms/v1/RecordFeedbackResponse.ts';
import type { SearchRequest as _kms_v1_SearchRequest, SearchRequest__Output as _kms_v1_SearchRequest__Output } from '../../kms/v1/SearchRequest.ts';
import type { SearchResponse as _kms_v1_SearchResponse, SearchResponse__Output as _kms_v1_SearchResponse__Output } from '../../kms/v1/SearchResponse.ts';
import type { SearchStreamRequest as _kms_v1_SearchStreamRequest, SearchStreamRequest__Output as _kms_v1_SearchStreamRequest__Output } from '../../kms/v1/SearchStreamRequest.ts';
import type { SearchStreamResponse as _kms_v1_SearchStreamResponse, SearchStreamResponse__Output as _kms_v1_SearchStreamResponse__Output } from '../../kms/v1/SearchStreamResponse.ts';

export interface SearchServiceClient extends grpc.Client {
  BatchSearch(argument: _kms_v1_BatchSearchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  BatchSearch(argument: _kms_v1_BatchSearchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  BatchSearch(argument: _kms_v1_BatchSearchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  BatchSearch(argument: _kms_v1_BatchSearchRequest, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  batchSearch(argument: _kms_v1_BatchSearchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  batchSearch(argument: _kms_v1_BatchSearchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  batchSearch(argument: _kms_v1_BatchSearchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  batchSearch(argument: _kms_v1_BatchSearchRequest, callback: grpc.requestCallback<_kms_v1_BatchSearchResponse__Output>): grpc.ClientUnaryCall;
  
  FindSimilar(argument: _kms_v1_FindSimilarRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  FindSimilar(argument: _kms_v1_FindSimilarRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  FindSimilar(argument: _kms_v1_FindSimilarRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  FindSimilar(argument: _kms_v1_FindSimilarRequest, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  findSimilar(argument: _kms_v1_FindSimilarRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  findSimilar(argument: _kms_v1_FindSimilarRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  findSimilar(argument: _kms_v1_FindSimilarRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  findSimilar(argument: _kms_v1_FindSimilarRequest, callback: grpc.requestCallback<_kms_v1_FindSimilarResponse__Output>): grpc.ClientUnaryCall;
  
  RecordFeedback(argument: _kms_v1_RecordFeedbackRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  RecordFeedback(argument: _kms_v1_RecordFeedbackRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  RecordFeedback(argument: _kms_v1_RecordFeedbackRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  RecordFeedback(argument: _kms_v1_RecordFeedbackRequest, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  recordFeedback(argument: _kms_v1_RecordFeedbackRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  recordFeedback(argument: _kms_v1_RecordFeedbackRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  recordFeedback(argument: _kms_v1_RecordFeedbackRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  recordFeedback(argument: _kms_v1_RecordFeedbackRequest, callback: grpc.requestCallback<_kms_v1_RecordFeedbackResponse__Output>): grpc.ClientUnaryCall;
  
  Search(argument: _kms_v1_SearchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  Search(argument: _kms_v1_SearchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  Search(argument: _kms_v1_SearchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  Search(argument: _kms_v1_SearchRequest, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _kms_v1_SearchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _kms_v1_SearchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _kms_v1_SearchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  search(argument: _kms_v1_SearchRequest, callback: grpc.requestCallback<_kms_v1_SearchResponse__Output>): grpc.ClientUnaryCall;
  
  SearchStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_SearchStreamRequest, _kms_v1_SearchStreamResponse__Output>;
  SearchStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_SearchStreamRequest, _kms_v1_SearchStreamResponse__Output>;
  searchStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_SearchStreamRequest, _kms_v1_SearchStreamResponse__Output>;
  searchStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_kms_v1_SearchStreamRequest, _kms_v1_SearchStreamResponse__Output>;
  
}

export interface SearchServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchSearch: grpc.handleUnaryCall<_kms_v1_BatchSearchRequest__Output, _kms_v1_BatchSearchResponse>;
  
  FindSimilar: grpc.handleUnaryCall<_kms_v1_FindSimilarRequest__Output, _kms_v1_FindSimilarResponse>;
  
  RecordFeedback: grpc.handleUnaryCall<_kms_v1_RecordFeedbackRequest__Output, _kms_v1_RecordFeedbackResponse>;
  
  Search: grpc.handleUnaryCall<_kms_v1_SearchRequest__Output, _kms_v1_SearchResponse>;
  
  SearchStream: grpc.handleBidiStreamingCall<_kms_v1_SearchStreamRequest__Output, _kms_v1_SearchStreamResponse>;
  
}

export interface SearchServiceDefinition extends grpc.ServiceDefinition {
  BatchSearch: MethodDefinition<_kms_v1_BatchSearchRequest, _kms_v1_BatchSearchResponse, _kms_v1_BatchSearchRequest__Output, _kms_v1_BatchSearchResponse__Output>
  FindSimilar: MethodDefinition<_kms_v1_FindSimilarRequest, _kms_v1_FindSimilarResponse, _kms_v1_FindSimilarRequest__Output, _kms_v1_FindSimilarResponse__Output>
  RecordFeedback: MethodDefinition<_kms_v1_RecordFeedbackRequest, _kms_v1_RecordFeedbackResponse, _kms_v1_RecordFeedbackRequest__Output, _kms_v1_RecordFeedbackResponse__Output>
  Search: MethodDefinition<_kms_v1_SearchRequest, _kms_v1_SearchResponse, _kms_v1_SearchRequest__Output, _kms_v1_SearchResponse__Output>
  SearchStream: MethodDefinition<_kms_v1_SearchStreamRequest, _kms_v1_SearchStreamResponse, _kms_v1_SearchStreamRequest__Output, _kms_v1_SearchStreamResponse__Output>
}
