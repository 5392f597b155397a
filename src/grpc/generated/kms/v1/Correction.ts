// Original file: proto/kms/v1/search_service.proto


export interface Correction {
  'from'?: (string);
  'to'?: (string);
}

export interface Correction__Output {
  'from': (string);
  'to': (string);
}
