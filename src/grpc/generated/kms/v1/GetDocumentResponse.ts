// Original file: proto/kms/v1/document_service.proto

import type { Document as _kms_v1_Document, Document__Output as _kms_v1_Document__Output } from '../../kms/v1/Document.ts';

export interface GetDocumentResponse {
  'document'?: (_kms_v1_Document | null);
}

export interface GetDocumentResponse__Output {
  'document': (_kms_v1_Document__Output | null);
}
