// Original file: proto/kms/v1/job_service.proto

import type { JobState as _kms_v1_JobState, JobState__Output as _kms_v1_JobState__Output } from '../../kms/v1/JobState.ts';

export interface ListJobsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'states'?: (_kms_v1_JobState)[];
  'source'?: (string);
}

export interface ListJobsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'states': (_kms_v1_JobState__Output)[];
  'source': (string);
}
