// Original file: proto/kms/v1/search_service.proto

import type { SearchResponse as _kms_v1_SearchResponse, SearchResponse__Output as _kms_v1_SearchResponse__Output } from '../../kms/v1/SearchResponse.ts';

export interface BatchSearchResponse {
  'responses'?: (_kms_v1_SearchResponse)[];
}

export interface BatchSearchResponse__Output {
  'responses': (_kms_v1_SearchResponse__Output)[];
}
