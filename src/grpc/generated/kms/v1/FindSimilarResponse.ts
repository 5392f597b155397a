// Original file: proto/kms/v1/search_service.proto

import type { Hit as _kms_v1_Hit, Hit__Output as _kms_v1_Hit__Output } from '../../kms/v1/Hit.ts';
import type { SearchTimings as _kms_v1_SearchTimings, SearchTimings__Output as _kms_v1_SearchTimings__Output } from '../../kms/v1/SearchTimings.ts';

export interface FindSimilarResponse {
  'hits'?: (_kms_v1_Hit)[];
  'timings'?: (_kms_v1_SearchTimings | null);
}

export interface FindSimilarResponse__Output {
  'hits': (_kms_v1_Hit__Output)[];
  'timings': (_kms_v1_SearchTimings__Output | null);
}
