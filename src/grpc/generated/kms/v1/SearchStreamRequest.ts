// Original file: proto/kms/v1/search_service.proto

import type { SearchRequest as _kms_v1_SearchRequest, SearchRequest__Output as _kms_v1_SearchRequest__Output } from '../../kms/v1/SearchRequest.ts';

export interface SearchStreamRequest {
  'requestId'?: (string);
  'search'?: (_kms_v1_SearchRequest | null);
}

export interface SearchStreamRequest__Output {
  'requestId': (string);
  'search': (_kms_v1_SearchRequest__Output | null);
}
