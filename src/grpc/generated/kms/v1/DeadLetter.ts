// Original file: proto/kms/v1/admin_service.proto

import type { Error as _kms_v1_Error, Error__Output as _kms_v1_Error__Output } from '../../kms/v1/Error.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Document as _kms_v1_Document, Document__Output as _kms_v1_Document__Output } from '../../kms/v1/Document.ts';

export interface DeadLetter {
  'id'?: (string);
  'collection'?: (string);
  'documentId'?: (string);
  'source'?: (string);
  'jobId'?: (string);
  'stage'?: (string);
  'error'?: (_kms_v1_Error | null);
  'attempts'?: (number);
  'createTime'?: (_google_protobuf_Timestamp | null);
  'lastTryTime'?: (_google_protobuf_Timestamp | null);
  'hasDocument'?: (boolean);
  'document'?: (_kms_v1_Document | null);
  'raw'?: (string);
}

export interface DeadLetter__Output {
  'id': (string);
  'collection': (string);
  'documentId': (string);
  'source': (string);
  'jobId': (string);
  'stage': (string);
  'error': (_kms_v1_Error__Output | null);
  'attempts': (number);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  'lastTryTime': (_google_protobuf_Timestamp__Output | null);
  'hasDocument': (boolean);
  'document': (_kms_v1_Document__Output | null);
  'raw': (string);
}
