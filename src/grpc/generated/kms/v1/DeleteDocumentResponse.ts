// Original file: proto/kms/v1/document_service.proto

import type { Long } from '@grpc/proto-loader';

export interface DeleteDocumentResponse {
  'commitSequence'?: (number | string | Long);
}

export interface DeleteDocumentResponse__Output {
  'commitSequence': (string);
}
