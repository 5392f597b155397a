// Original file: proto/kms/v1/error.proto

import type { FieldViolation as _kms_v1_FieldViolation, FieldViolation__Output as _kms_v1_FieldViolation__Output } from '../../kms/v1/FieldViolation.ts';

export interface Error {
  'code'?: (number);
  'reason'?: (string);
  'message'?: (string);
  'fieldViolations'?: (_kms_v1_FieldViolation)[];
  'metadata'?: ({[key: string]: string});
  'retryable'?: (boolean);
}

export interface Error__Output {
  'code': (number);
  'reason': (string);
  'message': (string);
  'fieldViolations': (_kms_v1_FieldViolation__Output)[];
  'metadata': ({[key: string]: string});
  'retryable': (boolean);
}
