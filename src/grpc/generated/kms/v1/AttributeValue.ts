// Original file: proto/kms/v1/document.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { StringList as _kms_v1_StringList, StringList__Output as _kms_v1_StringList__Output } from '../../kms/v1/StringList.ts';

export interface AttributeValue {
  'stringValue'?: (string);
  'numberValue'?: (number | string);
  'boolValue'?: (boolean);
  'timeValue'?: (_google_protobuf_Timestamp | null);
  'stringListValue'?: (_kms_v1_StringList | null);
  'kind'?: "stringValue"|"numberValue"|"boolValue"|"timeValue"|"stringListValue";
}

export interface AttributeValue__Output {
  'stringValue'?: (string);
  'numberValue'?: (number);
  'boolValue'?: (boolean);
  'timeValue'?: (_google_protobuf_Timestamp__Output | null);
  'stringListValue'?: (_kms_v1_StringList__Output | null);
  'kind'?: "stringValue"|"numberValue"|"boolValue"|"timeValue"|"stringListValue";
}
