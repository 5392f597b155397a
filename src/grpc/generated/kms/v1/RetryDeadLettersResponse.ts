// Original file: proto/kms/v1/admin_service.proto

import type { Long } from '@grpc/proto-loader';

export interface RetryDeadLettersResponse {
  'retried'?: (number | string | Long);
  'indexed'?: (number | string | Long);
  'failed'?: (number | string | Long);
}

export interface RetryDeadLettersResponse__Output {
  'retried': (string);
  'indexed': (string);
  'failed': (string);
}
