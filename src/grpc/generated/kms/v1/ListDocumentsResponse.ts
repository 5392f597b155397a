// Original file: proto/kms/v1/document_service.proto

import type { Document as _kms_v1_Document, Document__Output as _kms_v1_Document__Output } from '../../kms/v1/Document.ts';

export interface ListDocumentsResponse {
  'documents'?: (_kms_v1_Document)[];
  'nextPageToken'?: (string);
}

export interface ListDocumentsResponse__Output {
  'documents': (_kms_v1_Document__Output)[];
  'nextPageToken': (string);
}
