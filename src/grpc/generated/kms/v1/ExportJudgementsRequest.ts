// Original file: proto/kms/v1/admin_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface ExportJudgementsRequest {
  'window'?: (_google_protobuf_Duration | null);
}

export interface ExportJudgementsRequest__Output {
  'window': (_google_protobuf_Duration__Output | null);
}
