// Original file: proto/kms/v1/ingest_service.proto

import type { DocumentResult as _kms_v1_DocumentResult, DocumentResult__Output as _kms_v1_DocumentResult__Output } from '../../kms/v1/DocumentResult.ts';
import type { Error as _kms_v1_Error, Error__Output as _kms_v1_Error__Output } from '../../kms/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface IngestResponse {
  'sequence'?: (number | string | Long);
  'results'?: (_kms_v1_DocumentResult)[];
  'error'?: (_kms_v1_Error | null);
}

export interface IngestResponse__Output {
  'sequence': (string);
  'results': (_kms_v1_DocumentResult__Output)[];
  'error': (_kms_v1_Error__Output | null);
}
