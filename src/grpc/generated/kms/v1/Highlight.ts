// Original file: proto/kms/v1/search_service.proto


export interface Highlight {
  'start'?: (number);
  'end'?: (number);
}

export interface Highlight__Output {
  'start': (number);
  'end': (number);
}
