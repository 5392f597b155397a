// Original file: proto/kms/v1/ingest_service.proto

import type { Document as _kms_v1_Document, Document__Output as _kms_v1_Document__Output } from '../../kms/v1/Document.ts';
import type { Long } from '@grpc/proto-loader';

export interface IngestRequest {
  'sequence'?: (number | string | Long);
  'documents'?: (_kms_v1_Document)[];
}

export interface IngestRequest__Output {
  'sequence': (string);
  'documents': (_kms_v1_Document__Output)[];
}
