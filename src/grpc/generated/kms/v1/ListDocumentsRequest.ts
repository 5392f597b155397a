// Original file: proto/kms/v1/document_service.proto

import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';

export interface ListDocumentsRequest {
  'collection'?: (string);
  'pageSize'?: (number);
  'pageToken'?: (string);
  'omitBody'?: (boolean);
  'filter'?: (_kms_v1_Filter | null);
}

export interface ListDocumentsRequest__Output {
  'collection': (string);
  'pageSize': (number);
  'pageToken': (string);
  'omitBody': (boolean);
  'filter': (_kms_v1_Filter__Output | null);
}
