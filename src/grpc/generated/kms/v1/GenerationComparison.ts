// Original file: proto/kms/v1/reembed_service.proto

import type { ComparedQuery as _kms_v1_ComparedQuery, ComparedQuery__Output as _kms_v1_ComparedQuery__Output } from '../../kms/v1/ComparedQuery.ts';

export interface GenerationComparison {
  'queries'?: (number);
  'overlap'?: (number | string);
  'rankAgreement'?: (number | string);
  'sameFirstHit'?: (number | string);
  'examples'?: (_kms_v1_ComparedQuery)[];
  '_rankAgreement'?: "rankAgreement";
}

export interface GenerationComparison__Output {
  'queries': (number);
  'overlap': (number);
  'rankAgreement'?: (number);
  'sameFirstHit': (number);
  'examples': (_kms_v1_ComparedQuery__Output)[];
  '_rankAgreement'?: "rankAgreement";
}
