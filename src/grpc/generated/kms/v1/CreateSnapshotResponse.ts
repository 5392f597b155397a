// Original file: proto/kms/v1/admin_service.proto

import type { Long } from '@grpc/proto-loader';

export interface CreateSnapshotResponse {
  'commitSequence'?: (number | string | Long);
}

export interface CreateSnapshotResponse__Output {
  'commitSequence': (string);
}
