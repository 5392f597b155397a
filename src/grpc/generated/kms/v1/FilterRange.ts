// Original file: proto/kms/v1/filter.proto

import type { FilterEnd as _kms_v1_FilterEnd, FilterEnd__Output as _kms_v1_FilterEnd__Output } from '../../kms/v1/FilterEnd.ts';

export interface FilterRange {
  'field'?: (string);
  'lower'?: (_kms_v1_FilterEnd | null);
  'upper'?: (_kms_v1_FilterEnd | null);
}

export interface FilterRange__Output {
  'field': (string);
  'lower': (_kms_v1_FilterEnd__Output | null);
  'upper': (_kms_v1_FilterEnd__Output | null);
}
