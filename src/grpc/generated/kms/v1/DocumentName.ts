// Original file: proto/kms/v1/search_service.proto


export interface DocumentName {
  'collection'?: (string);
  'id'?: (string);
}

export interface DocumentName__Output {
  'collection': (string);
  'id': (string);
}
