// Original file: proto/kms/v1/search_service.proto


export interface HitExplanation {
  'semanticRank'?: (number);
  'lexicalRank'?: (number);
  'fusedRank'?: (number);
  'rerankedRank'?: (number);
  'rerankScore'?: (number | string);
  'coverage'?: (number | string);
  'prior'?: (number | string);
}

export interface HitExplanation__Output {
  'semanticRank': (number);
  'lexicalRank': (number);
  'fusedRank': (number);
  'rerankedRank': (number);
  'rerankScore': (number);
  'coverage': (number);
  'prior': (number);
}
