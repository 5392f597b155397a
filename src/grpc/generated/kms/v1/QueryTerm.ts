// Original file: proto/kms/v1/search_service.proto

import type { Long } from '@grpc/proto-loader';

export interface QueryTerm {
  'term'?: (string);
  'surface'?: (string);
  'kind'?: (string);
  'weight'?: (number | string);
  'documentFrequency'?: (number | string | Long);
}

export interface QueryTerm__Output {
  'term': (string);
  'surface': (string);
  'kind': (string);
  'weight': (number);
  'documentFrequency': (string);
}
