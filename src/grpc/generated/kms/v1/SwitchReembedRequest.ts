// Original file: proto/kms/v1/reembed_service.proto


export interface SwitchReembedRequest {
  'collection'?: (string);
  'allowRejected'?: (boolean);
}

export interface SwitchReembedRequest__Output {
  'collection': (string);
  'allowRejected': (boolean);
}
