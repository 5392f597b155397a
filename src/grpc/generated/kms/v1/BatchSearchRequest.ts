// Original file: proto/kms/v1/search_service.proto

import type { SearchRequest as _kms_v1_SearchRequest, SearchRequest__Output as _kms_v1_SearchRequest__Output } from '../../kms/v1/SearchRequest.ts';

export interface BatchSearchRequest {
  'requests'?: (_kms_v1_SearchRequest)[];
}

export interface BatchSearchRequest__Output {
  'requests': (_kms_v1_SearchRequest__Output)[];
}
