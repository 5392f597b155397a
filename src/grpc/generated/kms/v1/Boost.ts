// Original file: proto/kms/v1/search_service.proto

import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';

export interface Boost {
  'filter'?: (_kms_v1_Filter | null);
  'factor'?: (number | string);
}

export interface Boost__Output {
  'filter': (_kms_v1_Filter__Output | null);
  'factor': (number);
}
