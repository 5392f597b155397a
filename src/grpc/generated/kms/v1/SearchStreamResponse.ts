// Original file: proto/kms/v1/search_service.proto

import type { SearchResponse as _kms_v1_SearchResponse, SearchResponse__Output as _kms_v1_SearchResponse__Output } from '../../kms/v1/SearchResponse.ts';
import type { Error as _kms_v1_Error, Error__Output as _kms_v1_Error__Output } from '../../kms/v1/Error.ts';

export interface SearchStreamResponse {
  'requestId'?: (string);
  'result'?: (_kms_v1_SearchResponse | null);
  'error'?: (_kms_v1_Error | null);
  'outcome'?: "result"|"error";
}

export interface SearchStreamResponse__Output {
  'requestId': (string);
  'result'?: (_kms_v1_SearchResponse__Output | null);
  'error'?: (_kms_v1_Error__Output | null);
  'outcome'?: "result"|"error";
}
