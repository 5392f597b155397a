// Original file: proto/kms/v1/admin_service.proto


export interface VectorSpace {
  'model'?: (string);
  'dimensions'?: (number);
  'normalisation'?: (string);
  'cleanerVersion'?: (number);
  'generation'?: (string);
}

export interface VectorSpace__Output {
  'model': (string);
  'dimensions': (number);
  'normalisation': (string);
  'cleanerVersion': (number);
  'generation': (string);
}
