// Original file: proto/kms/v1/search_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface Recency {
  'halfLife'?: (_google_protobuf_Duration | null);
  'weight'?: (number | string);
}

export interface Recency__Output {
  'halfLife': (_google_protobuf_Duration__Output | null);
  'weight': (number);
}
