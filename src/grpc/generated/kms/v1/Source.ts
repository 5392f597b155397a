// Original file: proto/kms/v1/job_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Source {
  'name'?: (string);
  'kind'?: (string);
  'interval'?: (_google_protobuf_Duration | null);
  'lastJobId'?: (string);
  'syncedTime'?: (_google_protobuf_Timestamp | null);
  'nextTime'?: (_google_protobuf_Timestamp | null);
}

export interface Source__Output {
  'name': (string);
  'kind': (string);
  'interval': (_google_protobuf_Duration__Output | null);
  'lastJobId': (string);
  'syncedTime': (_google_protobuf_Timestamp__Output | null);
  'nextTime': (_google_protobuf_Timestamp__Output | null);
}
