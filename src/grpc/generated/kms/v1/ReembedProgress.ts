// Original file: proto/kms/v1/reembed_service.proto

import type { Long } from '@grpc/proto-loader';

export interface ReembedProgress {
  'total'?: (number | string | Long);
  'compared'?: (number | string | Long);
  'written'?: (number | string | Long);
  'unchanged'?: (number | string | Long);
  'removed'?: (number | string | Long);
  'waiting'?: (number | string | Long);
  'rejected'?: (number | string | Long);
  'fromClientVectors'?: (number | string | Long);
}

export interface ReembedProgress__Output {
  'total': (string);
  'compared': (string);
  'written': (string);
  'unchanged': (string);
  'removed': (string);
  'waiting': (string);
  'rejected': (string);
  'fromClientVectors': (string);
}
