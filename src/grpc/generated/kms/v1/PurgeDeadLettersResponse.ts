// Original file: proto/kms/v1/admin_service.proto

import type { Long } from '@grpc/proto-loader';

export interface PurgeDeadLettersResponse {
  'purged'?: (number | string | Long);
}

export interface PurgeDeadLettersResponse__Output {
  'purged': (string);
}
