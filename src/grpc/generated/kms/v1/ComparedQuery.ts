// Original file: proto/kms/v1/reembed_service.proto


export interface ComparedQuery {
  'query'?: (string);
  'overlap'?: (number | string);
  'currentIds'?: (string)[];
  'otherIds'?: (string)[];
}

export interface ComparedQuery__Output {
  'query': (string);
  'overlap': (number);
  'currentIds': (string)[];
  'otherIds': (string)[];
}
