// Original file: proto/kms/v1/admin_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReplayProgress {
  'changesDone'?: (number | string | Long);
  'changesTotal'?: (number | string | Long);
}

export interface ReplayProgress__Output {
  'changesDone': (string);
  'changesTotal': (string);
}
