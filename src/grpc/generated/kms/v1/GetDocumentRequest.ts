// Original file: proto/kms/v1/document_service.proto


export interface GetDocumentRequest {
  'collection'?: (string);
  'id'?: (string);
  'includeVectors'?: (boolean);
}

export interface GetDocumentRequest__Output {
  'collection': (string);
  'id': (string);
  'includeVectors': (boolean);
}
