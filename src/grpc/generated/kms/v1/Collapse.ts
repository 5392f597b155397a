// Original file: proto/kms/v1/search_service.proto


export interface Collapse {
  'similarityMin'?: (number | string);
}

export interface Collapse__Output {
  'similarityMin': (number);
}
