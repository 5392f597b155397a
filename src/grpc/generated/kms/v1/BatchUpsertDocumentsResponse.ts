// Original file: proto/kms/v1/document_service.proto

import type { DocumentResult as _kms_v1_DocumentResult, DocumentResult__Output as _kms_v1_DocumentResult__Output } from '../../kms/v1/DocumentResult.ts';

export interface BatchUpsertDocumentsResponse {
  'results'?: (_kms_v1_DocumentResult)[];
}

export interface BatchUpsertDocumentsResponse__Output {
  'results': (_kms_v1_DocumentResult__Output)[];
}
