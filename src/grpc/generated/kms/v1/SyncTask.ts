// Original file: proto/kms/v1/job_service.proto

import type { SyncMode as _kms_v1_SyncMode, SyncMode__Output as _kms_v1_SyncMode__Output } from '../../kms/v1/SyncMode.ts';

export interface SyncTask {
  'source'?: (string);
  'mode'?: (_kms_v1_SyncMode);
}

export interface SyncTask__Output {
  'source': (string);
  'mode': (_kms_v1_SyncMode__Output);
}
