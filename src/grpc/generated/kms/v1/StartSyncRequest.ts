// Original file: proto/kms/v1/job_service.proto

import type { SyncMode as _kms_v1_SyncMode, SyncMode__Output as _kms_v1_SyncMode__Output } from '../../kms/v1/SyncMode.ts';
import type { JobPriority as _kms_v1_JobPriority, JobPriority__Output as _kms_v1_JobPriority__Output } from '../../kms/v1/JobPriority.ts';

export interface StartSyncRequest {
  'source'?: (string);
  'mode'?: (_kms_v1_SyncMode);
  'priority'?: (_kms_v1_JobPriority);
}

export interface StartSyncRequest__Output {
  'source': (string);
  'mode': (_kms_v1_SyncMode__Output);
  'priority': (_kms_v1_JobPriority__Output);
}
