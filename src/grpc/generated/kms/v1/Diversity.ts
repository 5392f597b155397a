// Original file: proto/kms/v1/search_service.proto


export interface Diversity {
  'lambda'?: (number | string);
  '_lambda'?: "lambda";
}

export interface Diversity__Output {
  'lambda'?: (number);
  '_lambda'?: "lambda";
}
