// Original file: proto/kms/v1/admin_service.proto


export interface Judgement {
  'queryId'?: (string);
  'text'?: (string);
  'collection'?: (string);
  'documentId'?: (string);
  'relevance'?: (number);
}

export interface Judgement__Output {
  'queryId': (string);
  'text': (string);
  'collection': (string);
  'documentId': (string);
  'relevance': (number);
}
