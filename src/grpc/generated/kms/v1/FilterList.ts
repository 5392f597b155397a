// Original file: proto/kms/v1/filter.proto

import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';

export interface FilterList {
  'filters'?: (_kms_v1_Filter)[];
}

export interface FilterList__Output {
  'filters': (_kms_v1_Filter__Output)[];
}
