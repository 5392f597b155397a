// Original file: proto/kms/v1/job_service.proto

import type { SyncTask as _kms_v1_SyncTask, SyncTask__Output as _kms_v1_SyncTask__Output } from '../../kms/v1/SyncTask.ts';
import type { JobState as _kms_v1_JobState, JobState__Output as _kms_v1_JobState__Output } from '../../kms/v1/JobState.ts';
import type { JobPriority as _kms_v1_JobPriority, JobPriority__Output as _kms_v1_JobPriority__Output } from '../../kms/v1/JobPriority.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { JobProgress as _kms_v1_JobProgress, JobProgress__Output as _kms_v1_JobProgress__Output } from '../../kms/v1/JobProgress.ts';
import type { JobPlan as _kms_v1_JobPlan, JobPlan__Output as _kms_v1_JobPlan__Output } from '../../kms/v1/JobPlan.ts';
import type { Error as _kms_v1_Error, Error__Output as _kms_v1_Error__Output } from '../../kms/v1/Error.ts';

export interface Job {
  'id'?: (string);
  'sync'?: (_kms_v1_SyncTask | null);
  'state'?: (_kms_v1_JobState);
  'priority'?: (_kms_v1_JobPriority);
  'createTime'?: (_google_protobuf_Timestamp | null);
  'startTime'?: (_google_protobuf_Timestamp | null);
  'endTime'?: (_google_protobuf_Timestamp | null);
  'progress'?: (_kms_v1_JobProgress | null);
  'plan'?: (_kms_v1_JobPlan | null);
  'fault'?: (_kms_v1_Error | null);
  'attempts'?: (number);
  'task'?: "sync";
}

export interface Job__Output {
  'id': (string);
  'sync'?: (_kms_v1_SyncTask__Output | null);
  'state': (_kms_v1_JobState__Output);
  'priority': (_kms_v1_JobPriority__Output);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  'startTime': (_google_protobuf_Timestamp__Output | null);
  'endTime': (_google_protobuf_Timestamp__Output | null);
  'progress': (_kms_v1_JobProgress__Output | null);
  'plan': (_kms_v1_JobPlan__Output | null);
  'fault': (_kms_v1_Error__Output | null);
  'attempts': (number);
  'task'?: "sync";
}
