// Original file: proto/kms/v1/search_service.proto

import type { SearchMode as _kms_v1_SearchMode, SearchMode__Output as _kms_v1_SearchMode__Output } from '../../kms/v1/SearchMode.ts';
import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';
import type { Fusion as _kms_v1_Fusion, Fusion__Output as _kms_v1_Fusion__Output } from '../../kms/v1/Fusion.ts';
import type { QuerySyntax as _kms_v1_QuerySyntax, QuerySyntax__Output as _kms_v1_QuerySyntax__Output } from '../../kms/v1/QuerySyntax.ts';
import type { FacetRequest as _kms_v1_FacetRequest, FacetRequest__Output as _kms_v1_FacetRequest__Output } from '../../kms/v1/FacetRequest.ts';
import type { Diversity as _kms_v1_Diversity, Diversity__Output as _kms_v1_Diversity__Output } from '../../kms/v1/Diversity.ts';
import type { Collapse as _kms_v1_Collapse, Collapse__Output as _kms_v1_Collapse__Output } from '../../kms/v1/Collapse.ts';
import type { Recency as _kms_v1_Recency, Recency__Output as _kms_v1_Recency__Output } from '../../kms/v1/Recency.ts';
import type { Boost as _kms_v1_Boost, Boost__Output as _kms_v1_Boost__Output } from '../../kms/v1/Boost.ts';
import type { Rerank as _kms_v1_Rerank, Rerank__Output as _kms_v1_Rerank__Output } from '../../kms/v1/Rerank.ts';
import type { Long } from '@grpc/proto-loader';

export interface SearchRequest {
  'text'?: (string);
  'vector'?: (Buffer | Uint8Array | string);
  'collections'?: (string)[];
  'limit'?: (number);
  'mode'?: (_kms_v1_SearchMode);
  'minCommitSequence'?: (number | string | Long);
  'exact'?: (boolean);
  'ef'?: (number);
  'includeVectors'?: (boolean);
  'omitBody'?: (boolean);
  'filter'?: (_kms_v1_Filter | null);
  'fusion'?: (_kms_v1_Fusion | null);
  'querySyntax'?: (_kms_v1_QuerySyntax);
  'noSynonyms'?: (boolean);
  'noSpelling'?: (boolean);
  'offset'?: (number);
  'facets'?: (_kms_v1_FacetRequest)[];
  'diversity'?: (_kms_v1_Diversity | null);
  'collapse'?: (_kms_v1_Collapse | null);
  'recency'?: (_kms_v1_Recency | null);
  'boosts'?: (_kms_v1_Boost)[];
  'rerank'?: (_kms_v1_Rerank | null);
  'explain'?: (boolean);
  'query'?: "text"|"vector";
}

export interface SearchRequest__Output {
  'text'?: (string);
  'vector'?: (Buffer);
  'collections': (string)[];
  'limit': (number);
  'mode': (_kms_v1_SearchMode__Output);
  'minCommitSequence': (string);
  'exact': (boolean);
  'ef': (number);
  'includeVectors': (boolean);
  'omitBody': (boolean);
  'filter': (_kms_v1_Filter__Output | null);
  'fusion': (_kms_v1_Fusion__Output | null);
  'querySyntax': (_kms_v1_QuerySyntax__Output);
  'noSynonyms': (boolean);
  'noSpelling': (boolean);
  'offset': (number);
  'facets': (_kms_v1_FacetRequest__Output)[];
  'diversity': (_kms_v1_Diversity__Output | null);
  'collapse': (_kms_v1_Collapse__Output | null);
  'recency': (_kms_v1_Recency__Output | null);
  'boosts': (_kms_v1_Boost__Output)[];
  'rerank': (_kms_v1_Rerank__Output | null);
  'explain': (boolean);
  'query'?: "text"|"vector";
}
