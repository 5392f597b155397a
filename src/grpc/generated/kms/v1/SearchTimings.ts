// Original file: proto/kms/v1/search_service.proto


export interface SearchTimings {
  'embedMs'?: (number | string);
  'searchMs'?: (number | string);
  'totalMs'?: (number | string);
  'rankMs'?: (number | string);
  'rerankMs'?: (number | string);
  'fetchMs'?: (number | string);
}

export interface SearchTimings__Output {
  'embedMs': (number);
  'searchMs': (number);
  'totalMs': (number);
  'rankMs': (number);
  'rerankMs': (number);
  'fetchMs': (number);
}
