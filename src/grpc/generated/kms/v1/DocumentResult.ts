// Original file: proto/kms/v1/document.proto

import type { Outcome as _kms_v1_Outcome, Outcome__Output as _kms_v1_Outcome__Output } from '../../kms/v1/Outcome.ts';
import type { Error as _kms_v1_Error, Error__Output as _kms_v1_Error__Output } from '../../kms/v1/Error.ts';
import type { Long } from '@grpc/proto-loader';

export interface DocumentResult {
  'id'?: (string);
  'outcome'?: (_kms_v1_Outcome);
  'error'?: (_kms_v1_Error | null);
  'commitSequence'?: (number | string | Long);
  'collection'?: (string);
}

export interface DocumentResult__Output {
  'id': (string);
  'outcome': (_kms_v1_Outcome__Output);
  'error': (_kms_v1_Error__Output | null);
  'commitSequence': (string);
  'collection': (string);
}
