// Original file: proto/kms/v1/search_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface Rerank {
  'budget'?: (_google_protobuf_Duration | null);
}

export interface Rerank__Output {
  'budget': (_google_protobuf_Duration__Output | null);
}
