// Original file: proto/kms/v1/search_service.proto

import type { Long } from '@grpc/proto-loader';

export interface FindSimilarRequest {
  'collection'?: (string);
  'id'?: (string);
  'collections'?: (string)[];
  'limit'?: (number);
  'minCommitSequence'?: (number | string | Long);
  'exact'?: (boolean);
  'ef'?: (number);
  'includeVectors'?: (boolean);
  'omitBody'?: (boolean);
}

export interface FindSimilarRequest__Output {
  'collection': (string);
  'id': (string);
  'collections': (string)[];
  'limit': (number);
  'minCommitSequence': (string);
  'exact': (boolean);
  'ef': (number);
  'includeVectors': (boolean);
  'omitBody': (boolean);
}
