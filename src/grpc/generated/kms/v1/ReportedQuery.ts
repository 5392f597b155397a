// Original file: proto/kms/v1/admin_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface ReportedQuery {
  'text'?: (string);
  'textHash'?: (string);
  'searches'?: (number | string | Long);
  'lastTime'?: (_google_protobuf_Timestamp | null);
}

export interface ReportedQuery__Output {
  'text': (string);
  'textHash': (string);
  'searches': (string);
  'lastTime': (_google_protobuf_Timestamp__Output | null);
}
