// Original file: proto/kms/v1/filter.proto

import type { FacetValue as _kms_v1_FacetValue, FacetValue__Output as _kms_v1_FacetValue__Output } from '../../kms/v1/FacetValue.ts';
import type { Long } from '@grpc/proto-loader';

export interface Facet {
  'field'?: (string);
  'values'?: (_kms_v1_FacetValue)[];
  'valueCount'?: (number | string | Long);
}

export interface Facet__Output {
  'field': (string);
  'values': (_kms_v1_FacetValue__Output)[];
  'valueCount': (string);
}
