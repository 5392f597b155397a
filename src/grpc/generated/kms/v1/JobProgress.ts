// Original file: proto/kms/v1/job_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface JobProgress {
  'read'?: (number | string | Long);
  'unchanged'?: (number | string | Long);
  'indexed'?: (number | string | Long);
  'deleted'?: (number | string | Long);
  'rejected'?: (number | string | Long);
  'total'?: (number | string | Long);
  'ratePerSecond'?: (number | string);
  'eta'?: (_google_protobuf_Duration | null);
  '_total'?: "total";
}

export interface JobProgress__Output {
  'read': (string);
  'unchanged': (string);
  'indexed': (string);
  'deleted': (string);
  'rejected': (string);
  'total'?: (string);
  'ratePerSecond': (number);
  'eta': (_google_protobuf_Duration__Output | null);
  '_total'?: "total";
}
