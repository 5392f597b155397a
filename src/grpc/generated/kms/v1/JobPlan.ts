// Original file: proto/kms/v1/job_service.proto

import type { JobProfile as _kms_v1_JobProfile, JobProfile__Output as _kms_v1_JobProfile__Output } from '../../kms/v1/JobProfile.ts';

export interface JobPlan {
  'profile'?: (_kms_v1_JobProfile);
  'batchDocuments'?: (number);
  'batchesInFlight'?: (number);
  'reason'?: (string);
}

export interface JobPlan__Output {
  'profile': (_kms_v1_JobProfile__Output);
  'batchDocuments': (number);
  'batchesInFlight': (number);
  'reason': (string);
}
