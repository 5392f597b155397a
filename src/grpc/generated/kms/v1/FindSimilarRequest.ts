// Original file: proto/kms/v1/search_service.proto

import type { DocumentName as _kms_v1_DocumentName, DocumentName__Output as _kms_v1_DocumentName__Output } from '../../kms/v1/DocumentName.ts';
import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';
import type { FacetRequest as _kms_v1_FacetRequest, FacetRequest__Output as _kms_v1_FacetRequest__Output } from '../../kms/v1/FacetRequest.ts';
import type { Diversity as _kms_v1_Diversity, Diversity__Output as _kms_v1_Diversity__Output } from '../../kms/v1/Diversity.ts';
import type { Collapse as _kms_v1_Collapse, Collapse__Output as _kms_v1_Collapse__Output } from '../../kms/v1/Collapse.ts';
import type { Recency as _kms_v1_Recency, Recency__Output as _kms_v1_Recency__Output } from '../../kms/v1/Recency.ts';
import type { Boost as _kms_v1_Boost, Boost__Output as _kms_v1_Boost__Output } from '../../kms/v1/Boost.ts';
import type { Long } from '@grpc/proto-loader';

export interface FindSimilarRequest {
  'collection'?: (string);
  'id'?: (string);
  'collections'?: (string)[];
  'limit'?: (number);
  'minCommitSequence'?: (number | string | Long);
  'exact'?: (boolean);
  'ef'?: (number);
  'includeVectors'?: (boolean);
  'omitBody'?: (boolean);
  'positive'?: (_kms_v1_DocumentName)[];
  'negative'?: (_kms_v1_DocumentName)[];
  'filter'?: (_kms_v1_Filter | null);
  'offset'?: (number);
  'facets'?: (_kms_v1_FacetRequest)[];
  'diversity'?: (_kms_v1_Diversity | null);
  'collapse'?: (_kms_v1_Collapse | null);
  'recency'?: (_kms_v1_Recency | null);
  'boosts'?: (_kms_v1_Boost)[];
  'explain'?: (boolean);
}

export interface FindSimilarRequest__Output {
  'collection': (string);
  'id': (string);
  'collections': (string)[];
  'limit': (number);
  'minCommitSequence': (string);
  'exact': (boolean);
  'ef': (number);
  'includeVectors': (boolean);
  'omitBody': (boolean);
  'positive': (_kms_v1_DocumentName__Output)[];
  'negative': (_kms_v1_DocumentName__Output)[];
  'filter': (_kms_v1_Filter__Output | null);
  'offset': (number);
  'facets': (_kms_v1_FacetRequest__Output)[];
  'diversity': (_kms_v1_Diversity__Output | null);
  'collapse': (_kms_v1_Collapse__Output | null);
  'recency': (_kms_v1_Recency__Output | null);
  'boosts': (_kms_v1_Boost__Output)[];
  'explain': (boolean);
}
