// Original file: proto/kms/v1/reembed_service.proto


export interface RollbackReembedRequest {
  'collection'?: (string);
  'allowRejected'?: (boolean);
}

export interface RollbackReembedRequest__Output {
  'collection': (string);
  'allowRejected': (boolean);
}
