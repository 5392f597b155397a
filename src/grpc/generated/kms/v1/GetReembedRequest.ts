// Original file: proto/kms/v1/reembed_service.proto


export interface GetReembedRequest {
  'collection'?: (string);
  'compare'?: (boolean);
}

export interface GetReembedRequest__Output {
  'collection': (string);
  'compare': (boolean);
}
