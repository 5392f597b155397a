// Original file: proto/kms/v1/reembed_service.proto


export interface EmbeddingModel {
  'provider'?: (string);
  'model'?: (string);
  'dimensions'?: (number);
}

export interface EmbeddingModel__Output {
  'provider': (string);
  'model': (string);
  'dimensions': (number);
}
