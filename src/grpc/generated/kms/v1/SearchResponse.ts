// Original file: proto/kms/v1/search_service.proto

import type { Hit as _kms_v1_Hit, Hit__Output as _kms_v1_Hit__Output } from '../../kms/v1/Hit.ts';
import type { SearchTimings as _kms_v1_SearchTimings, SearchTimings__Output as _kms_v1_SearchTimings__Output } from '../../kms/v1/SearchTimings.ts';
import type { Facet as _kms_v1_Facet, Facet__Output as _kms_v1_Facet__Output } from '../../kms/v1/Facet.ts';
import type { FilterPlan as _kms_v1_FilterPlan, FilterPlan__Output as _kms_v1_FilterPlan__Output } from '../../kms/v1/FilterPlan.ts';
import type { RerankOutcome as _kms_v1_RerankOutcome, RerankOutcome__Output as _kms_v1_RerankOutcome__Output } from '../../kms/v1/RerankOutcome.ts';
import type { SearchExplanation as _kms_v1_SearchExplanation, SearchExplanation__Output as _kms_v1_SearchExplanation__Output } from '../../kms/v1/SearchExplanation.ts';

export interface SearchResponse {
  'hits'?: (_kms_v1_Hit)[];
  'timings'?: (_kms_v1_SearchTimings | null);
  'searchId'?: (string);
  'facets'?: (_kms_v1_Facet)[];
  'filterPlan'?: (_kms_v1_FilterPlan);
  'rerank'?: (_kms_v1_RerankOutcome);
  'correctedText'?: (string);
  'explanation'?: (_kms_v1_SearchExplanation | null);
}

export interface SearchResponse__Output {
  'hits': (_kms_v1_Hit__Output)[];
  'timings': (_kms_v1_SearchTimings__Output | null);
  'searchId': (string);
  'facets': (_kms_v1_Facet__Output)[];
  'filterPlan': (_kms_v1_FilterPlan__Output);
  'rerank': (_kms_v1_RerankOutcome__Output);
  'correctedText': (string);
  'explanation': (_kms_v1_SearchExplanation__Output | null);
}
