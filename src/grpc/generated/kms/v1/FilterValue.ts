// Original file: proto/kms/v1/filter.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface FilterValue {
  'stringValue'?: (string);
  'numberValue'?: (number | string);
  'boolValue'?: (boolean);
  'timeValue'?: (_google_protobuf_Timestamp | null);
  'kind'?: "stringValue"|"numberValue"|"boolValue"|"timeValue";
}

export interface FilterValue__Output {
  'stringValue'?: (string);
  'numberValue'?: (number);
  'boolValue'?: (boolean);
  'timeValue'?: (_google_protobuf_Timestamp__Output | null);
  'kind'?: "stringValue"|"numberValue"|"boolValue"|"timeValue";
}
