// Original file: proto/kms/v1/admin_service.proto

import type { Long } from '@grpc/proto-loader';

export interface CollectionStatus {
  'collection'?: (string);
  'generation'?: (string);
  'documents'?: (number | string | Long);
  'vectors'?: (number | string | Long);
  'graphVectors'?: (number | string | Long);
  'tailVectors'?: (number | string | Long);
  'tombstones'?: (number | string | Long);
  'commitSequence'?: (number | string | Long);
  'snapshotSequence'?: (number | string | Long);
  'indexBytes'?: (number | string | Long);
  'coldShards'?: (number);
}

export interface CollectionStatus__Output {
  'collection': (string);
  'generation': (string);
  'documents': (string);
  'vectors': (string);
  'graphVectors': (string);
  'tailVectors': (string);
  'tombstones': (string);
  'commitSequence': (string);
  'snapshotSequence': (string);
  'indexBytes': (string);
  'coldShards': (number);
}
