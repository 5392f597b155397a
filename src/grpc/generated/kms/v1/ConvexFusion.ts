// Original file: proto/kms/v1/search_service.proto


export interface ConvexFusion {
  'semanticWeight'?: (number | string);
}

export interface ConvexFusion__Output {
  'semanticWeight': (number);
}
