// Original file: proto/kms/v1/search_service.proto

import type { QueryUnderstanding as _kms_v1_QueryUnderstanding, QueryUnderstanding__Output as _kms_v1_QueryUnderstanding__Output } from '../../kms/v1/QueryUnderstanding.ts';
import type { Long } from '@grpc/proto-loader';

export interface SearchExplanation {
  'understanding'?: (_kms_v1_QueryUnderstanding | null);
  'semanticWeight'?: (number | string);
  'filteredDocuments'?: (number | string | Long);
  'semanticCandidates'?: (number);
  'lexicalCandidates'?: (number);
}

export interface SearchExplanation__Output {
  'understanding': (_kms_v1_QueryUnderstanding__Output | null);
  'semanticWeight': (number);
  'filteredDocuments': (string);
  'semanticCandidates': (number);
  'lexicalCandidates': (number);
}
