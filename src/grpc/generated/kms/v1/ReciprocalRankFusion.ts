// Original file: proto/kms/v1/search_service.proto


export interface ReciprocalRankFusion {
  'k'?: (number | string);
  'semanticWeight'?: (number | string);
  'lexicalWeight'?: (number | string);
}

export interface ReciprocalRankFusion__Output {
  'k': (number);
  'semanticWeight': (number);
  'lexicalWeight': (number);
}
