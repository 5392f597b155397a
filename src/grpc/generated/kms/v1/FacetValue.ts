// Original file: proto/kms/v1/filter.proto

import type { FilterValue as _kms_v1_FilterValue, FilterValue__Output as _kms_v1_FilterValue__Output } from '../../kms/v1/FilterValue.ts';
import type { Long } from '@grpc/proto-loader';

export interface FacetValue {
  'value'?: (_kms_v1_FilterValue | null);
  'documents'?: (number | string | Long);
}

export interface FacetValue__Output {
  'value': (_kms_v1_FilterValue__Output | null);
  'documents': (string);
}
