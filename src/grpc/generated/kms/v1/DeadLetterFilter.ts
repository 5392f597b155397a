// Original file: proto/kms/v1/admin_service.proto


export interface DeadLetterFilter {
  'ids'?: (string)[];
  'collection'?: (string);
  'source'?: (string);
  'stage'?: (string);
  'reason'?: (string);
}

export interface DeadLetterFilter__Output {
  'ids': (string)[];
  'collection': (string);
  'source': (string);
  'stage': (string);
  'reason': (string);
}
