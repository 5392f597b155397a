// Original file: proto/kms/v1/search_service.proto

import type { SearchMode as _kms_v1_SearchMode, SearchMode__Output as _kms_v1_SearchMode__Output } from '../../kms/v1/SearchMode.ts';
import type { Long } from '@grpc/proto-loader';

export interface SearchRequest {
  'text'?: (string);
  'vector'?: (Buffer | Uint8Array | string);
  'collections'?: (string)[];
  'limit'?: (number);
  'mode'?: (_kms_v1_SearchMode);
  'minCommitSequence'?: (number | string | Long);
  'exact'?: (boolean);
  'ef'?: (number);
  'includeVectors'?: (boolean);
  'omitBody'?: (boolean);
  'query'?: "text"|"vector";
}

export interface SearchRequest__Output {
  'text'?: (string);
  'vector'?: (Buffer);
  'collections': (string)[];
  'limit': (number);
  'mode': (_kms_v1_SearchMode__Output);
  'minCommitSequence': (string);
  'exact': (boolean);
  'ef': (number);
  'includeVectors': (boolean);
  'omitBody': (boolean);
  'query'?: "text"|"vector";
}
