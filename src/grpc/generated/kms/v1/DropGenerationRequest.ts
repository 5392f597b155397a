// Original file: proto/kms/v1/reembed_service.proto


export interface DropGenerationRequest {
  'collection'?: (string);
}

export interface DropGenerationRequest__Output {
  'collection': (string);
}
