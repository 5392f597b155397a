// Original file: proto/kms/v1/filter.proto

import type { FilterValue as _kms_v1_FilterValue, FilterValue__Output as _kms_v1_FilterValue__Output } from '../../kms/v1/FilterValue.ts';

export interface FilterIn {
  'field'?: (string);
  'values'?: (_kms_v1_FilterValue)[];
}

export interface FilterIn__Output {
  'field': (string);
  'values': (_kms_v1_FilterValue__Output)[];
}
