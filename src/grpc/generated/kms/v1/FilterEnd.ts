// Original file: proto/kms/v1/filter.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface FilterEnd {
  'numberValue'?: (number | string);
  'timeValue'?: (_google_protobuf_Timestamp | null);
  'exclusive'?: (boolean);
  'value'?: "numberValue"|"timeValue";
}

export interface FilterEnd__Output {
  'numberValue'?: (number);
  'timeValue'?: (_google_protobuf_Timestamp__Output | null);
  'exclusive': (boolean);
  'value'?: "numberValue"|"timeValue";
}
