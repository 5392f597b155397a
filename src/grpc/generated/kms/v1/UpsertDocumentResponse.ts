// Original file: proto/kms/v1/document_service.proto

import type { Outcome as _kms_v1_Outcome, Outcome__Output as _kms_v1_Outcome__Output } from '../../kms/v1/Outcome.ts';
import type { Long } from '@grpc/proto-loader';

export interface UpsertDocumentResponse {
  'outcome'?: (_kms_v1_Outcome);
  'commitSequence'?: (number | string | Long);
}

export interface UpsertDocumentResponse__Output {
  'outcome': (_kms_v1_Outcome__Output);
  'commitSequence': (string);
}
