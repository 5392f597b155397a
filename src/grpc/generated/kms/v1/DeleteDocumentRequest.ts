// Original file: proto/kms/v1/document_service.proto


export interface DeleteDocumentRequest {
  'collection'?: (string);
  'id'?: (string);
  'allowMissing'?: (boolean);
}

export interface DeleteDocumentRequest__Output {
  'collection': (string);
  'id': (string);
  'allowMissing': (boolean);
}
