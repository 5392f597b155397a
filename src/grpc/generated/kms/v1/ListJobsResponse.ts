// Original file: proto/kms/v1/job_service.proto

import type { Job as _kms_v1_Job, Job__Output as _kms_v1_Job__Output } from '../../kms/v1/Job.ts';

export interface ListJobsResponse {
  'jobs'?: (_kms_v1_Job)[];
  'nextPageToken'?: (string);
}

export interface ListJobsResponse__Output {
  'jobs': (_kms_v1_Job__Output)[];
  'nextPageToken': (string);
}
