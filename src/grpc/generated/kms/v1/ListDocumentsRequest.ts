// Original file: proto/kms/v1/document_service.proto


export interface ListDocumentsRequest {
  'collection'?: (string);
  'pageSize'?: (number);
  'pageToken'?: (string);
  'omitBody'?: (boolean);
}

export interface ListDocumentsRequest__Output {
  'collection': (string);
  'pageSize': (number);
  'pageToken': (string);
  'omitBody': (boolean);
}
