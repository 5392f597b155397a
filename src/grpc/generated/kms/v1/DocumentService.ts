// Original file: proto/kms/v1/document_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchUpsertDocumentsRequest as _kms_v1_BatchUpsertDocumentsRequest, BatchUpsertDocumentsRequest__Output as _kms_v1_BatchUpsertDocumentsRequest__Output } from '../../kms/v1/BatchUpsertDocumentsRequest.ts';
import type { BatchUpsertDocumentsResponse as _kms_v1_BatchUpsertDocumentsResponse, BatchUpsertDocumentsResponse__Output as _kms_v1_BatchUpsertDocumentsResponse__Output } from '../../kms/v1/BatchUpsertDocumentsResponse.ts';
import type { DeleteDocumentRequest as _kms_v1_DeleteDocumentRequest, DeleteDocumentRequest__Output as _kms_v1_DeleteDocumentRequest__Output } from '../../kms/v1/DeleteDocumentRequest.ts';
import type { DeleteDocumentResponse as _kms_v1_DeleteDocumentResponse, DeleteDocumentResponse__Output as _kms_v1_DeleteDocumentResponse__Output } from '../../kms/v1/DeleteDocumentResponse.ts';
import type { GetDocumentRequest as _kms_v1_GetDocumentRequest, GetDocumentRequest__Output as _kms_v1_GetDocumentRequest__Output } from '../../kms/v1/GetDocumentRequest.ts';
import type { GetDocumentResponse as _kms_v1_GetDocumentResponse, GetDocumentResponse__Output as _kms_v1_GetDocumentResponse__Output } from '../../kms/v1/GetDocumentResponse.ts';
import type { ListDocumentsRequest as _kms_v1_ListDocumentsRequest, ListDocumentsRequest__Output as _kms_v1_ListDocumentsRequest__Output } from '../../kms/v1/ListDocumentsRequest.ts';
import type { ListDocumentsResponse as _kms_v1_ListDocumentsResponse, ListDocumentsResponse__Output as _kms_v1_ListDocumentsResponse__Output } from '../../kms/v1/ListDocumentsResponse.ts';
import type { UpsertDocumentRequest as _kms_v1_UpsertDocumentRequest, UpsertDocumentRequest__Output as _kms_v1_UpsertDocumentRequest__Output } from '../../kms/v1/UpsertDocumentRequest.ts';
import type { UpsertDocumentResponse as _kms_v1_UpsertDocumentResponse, UpsertDocumentResponse__Output as _kms_v1_UpsertDocumentResponse__Output } from '../../kms/v1/UpsertDocumentResponse.ts';

export interface DocumentServiceClient extends grpc.Client {
  BatchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  BatchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  BatchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  BatchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  batchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  batchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  batchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  batchUpsertDocuments(argument: _kms_v1_BatchUpsertDocumentsRequest, callback: grpc.requestCallback<_kms_v1_BatchUpsertDocumentsResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteDocument(argument: _kms_v1_DeleteDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  DeleteDocument(argument: _kms_v1_DeleteDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  DeleteDocument(argument: _kms_v1_DeleteDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  DeleteDocument(argument: _kms_v1_DeleteDocumentRequest, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  deleteDocument(argument: _kms_v1_DeleteDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  deleteDocument(argument: _kms_v1_DeleteDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  deleteDocument(argument: _kms_v1_DeleteDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  deleteDocument(argument: _kms_v1_DeleteDocumentRequest, callback: grpc.requestCallback<_kms_v1_DeleteDocumentResponse__Output>): grpc.ClientUnaryCall;
  
  GetDocument(argument: _kms_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _kms_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _kms_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _kms_v1_GetDocumentRequest, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _kms_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _kms_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _kms_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _kms_v1_GetDocumentRequest, callback: grpc.requestCallback<_kms_v1_GetDocumentResponse__Output>): grpc.ClientUnaryCall;
  
  ListDocuments(argument: _kms_v1_ListDocumentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  ListDocuments(argument: _kms_v1_ListDocumentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  ListDocuments(argument: _kms_v1_ListDocumentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  ListDocuments(argument: _kms_v1_ListDocumentsRequest, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  listDocuments(argument: _kms_v1_ListDocumentsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  listDocuments(argument: _kms_v1_ListDocumentsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  listDocuments(argument: _kms_v1_ListDocumentsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  listDocuments(argument: _kms_v1_ListDocumentsRequest, callback: grpc.requestCallback<_kms_v1_ListDocumentsResponse__Output>): grpc.ClientUnaryCall;
  
  UpsertDocument(argument: _kms_v1_UpsertDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  UpsertDocument(argument: _kms_v1_UpsertDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  UpsertDocument(argument: _kms_v1_UpsertDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  UpsertDocument(argument: _kms_v1_UpsertDocumentRequest, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  upsertDocument(argument: _kms_v1_UpsertDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  upsertDocument(argument: _kms_v1_UpsertDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  upsertDocument(argument: _kms_v1_UpsertDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  upsertDocument(argument: _kms_v1_UpsertDocumentRequest, callback: grpc.requestCallback<_kms_v1_UpsertDocumentResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface DocumentServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchUpsertDocuments: grpc.handleUnaryCall<_kms_v1_BatchUpsertDocumentsRequest__Output, _kms_v1_BatchUpsertDocumentsResponse>;
  
  DeleteDocument: grpc.handleUnaryCall<_kms_v1_DeleteDocumentRequest__Output, _kms_v1_DeleteDocumentResponse>;
  
  GetDocument: grpc.handleUnaryCall<_kms_v1_GetDocumentRequest__Output, _kms_v1_GetDocumentResponse>;
  
  ListDocuments: grpc.handleUnaryCall<_kms_v1_ListDocumentsRequest__Output, _kms_v1_ListDocumentsResponse>;
  
  UpsertDocument: grpc.handleUnaryCall<_kms_v1_UpsertDocumentRequest__Output, _kms_v1_UpsertDocumentResponse>;
  
}

export interface DocumentServiceDefinition extends grpc.ServiceDefinition {
  BatchUpsertDocuments: MethodDefinition<_kms_v1_BatchUpsertDocumentsRequest, _kms_v1_BatchUpsertDocumentsResponse, _kms_v1_BatchUpsertDocumentsRequest__Output, _kms_v1_BatchUpsertDocumentsResponse__Output>
  DeleteDocument: MethodDefinition<_kms_v1_DeleteDocumentRequest, _kms_v1_DeleteDocumentResponse, _kms_v1_DeleteDocumentRequest__Output, _kms_v1_DeleteDocumentResponse__Output>
  GetDocument: MethodDefinition<_kms_v1_GetDocumentRequest, _kms_v1_GetDocumentResponse, _kms_v1_GetDocumentRequest__Output, _kms_v1_GetDocumentResponse__Output>
  ListDocuments: MethodDefinition<_kms_v1_ListDocumentsRequest, _kms_v1_ListDocumentsResponse, _kms_v1_ListDocumentsRequest__Output, _kms_v1_ListDocumentsResponse__Output>
  UpsertDocument: MethodDefinition<_kms_v1_UpsertDocumentRequest, _kms_v1_UpsertDocumentResponse, _kms_v1_UpsertDocumentRequest__Output, _kms_v1_UpsertDocumentResponse__Output>
}
