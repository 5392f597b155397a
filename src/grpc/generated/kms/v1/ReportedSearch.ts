// Original file: proto/kms/v1/admin_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface ReportedSearch {
  'searchId'?: (string);
  'time'?: (_google_protobuf_Timestamp | null);
  'mode'?: (string);
  'text'?: (string);
  'textHash'?: (string);
  'characters'?: (number);
  'words'?: (number);
  'hits'?: (number);
  'totalMs'?: (number | string);
  'embedMs'?: (number | string);
  'searchMs'?: (number | string);
  'filtered'?: (boolean);
}

export interface ReportedSearch__Output {
  'searchId': (string);
  'time': (_google_protobuf_Timestamp__Output | null);
  'mode': (string);
  'text': (string);
  'textHash': (string);
  'characters': (number);
  'words': (number);
  'hits': (number);
  'totalMs': (number);
  'embedMs': (number);
  'searchMs': (number);
  'filtered': (boolean);
}
