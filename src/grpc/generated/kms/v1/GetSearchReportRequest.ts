// Original file: proto/kms/v1/admin_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface GetSearchReportRequest {
  'window'?: (_google_protobuf_Duration | null);
  'limit'?: (number);
}

export interface GetSearchReportRequest__Output {
  'window': (_google_protobuf_Duration__Output | null);
  'limit': (number);
}
