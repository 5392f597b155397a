// Original file: proto/kms/v1/search_service.proto

import type { DocumentName as _kms_v1_DocumentName, DocumentName__Output as _kms_v1_DocumentName__Output } from '../../kms/v1/DocumentName.ts';
import type { FeedbackKind as _kms_v1_FeedbackKind, FeedbackKind__Output as _kms_v1_FeedbackKind__Output } from '../../kms/v1/FeedbackKind.ts';

export interface RecordFeedbackRequest {
  'searchId'?: (string);
  'document'?: (_kms_v1_DocumentName | null);
  'kind'?: (_kms_v1_FeedbackKind);
}

export interface RecordFeedbackRequest__Output {
  'searchId': (string);
  'document': (_kms_v1_DocumentName__Output | null);
  'kind': (_kms_v1_FeedbackKind__Output);
}
