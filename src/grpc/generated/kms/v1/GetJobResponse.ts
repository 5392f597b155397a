// Original file: proto/kms/v1/job_service.proto

import type { Job as _kms_v1_Job, Job__Output as _kms_v1_Job__Output } from '../../kms/v1/Job.ts';

export interface GetJobResponse {
  'job'?: (_kms_v1_Job | null);
}

export interface GetJobResponse__Output {
  'job': (_kms_v1_Job__Output | null);
}
