// Original file: proto/kms/v1/filter.proto

import type { FilterList as _kms_v1_FilterList, FilterList__Output as _kms_v1_FilterList__Output } from '../../kms/v1/FilterList.ts';
import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';
import type { FilterIn as _kms_v1_FilterIn, FilterIn__Output as _kms_v1_FilterIn__Output } from '../../kms/v1/FilterIn.ts';
import type { FilterRange as _kms_v1_FilterRange, FilterRange__Output as _kms_v1_FilterRange__Output } from '../../kms/v1/FilterRange.ts';

export interface Filter {
  'allOf'?: (_kms_v1_FilterList | null);
  'anyOf'?: (_kms_v1_FilterList | null);
  'negated'?: (_kms_v1_Filter | null);
  'oneOf'?: (_kms_v1_FilterIn | null);
  'range'?: (_kms_v1_FilterRange | null);
  'exists'?: (string);
  'condition'?: "allOf"|"anyOf"|"negated"|"oneOf"|"range"|"exists";
}

export interface Filter__Output {
  'allOf'?: (_kms_v1_FilterList__Output | null);
  'anyOf'?: (_kms_v1_FilterList__Output | null);
  'negated'?: (_kms_v1_Filter__Output | null);
  'oneOf'?: (_kms_v1_FilterIn__Output | null);
  'range'?: (_kms_v1_FilterRange__Output | null);
  'exists'?: (string);
  'condition'?: "allOf"|"anyOf"|"negated"|"oneOf"|"range"|"exists";
}
