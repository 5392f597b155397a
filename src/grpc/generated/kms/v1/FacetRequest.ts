// Original file: proto/kms/v1/filter.proto


export interface FacetRequest {
  'field'?: (string);
  'limit'?: (number);
}

export interface FacetRequest__Output {
  'field': (string);
  'limit': (number);
}
