// Original file: proto/kms/v1/job_service.proto

export const JobState = {
  JOB_STATE_UNSPECIFIED: 'JOB_STATE_UNSPECIFIED',
  JOB_STATE_QUEUED: 'JOB_STATE_QUEUED',
  JOB_STATE_STARTED: 'JOB_STATE_STARTED',
  JOB_STATE_FINISHED: 'JOB_STATE_FINISHED',
  JOB_STATE_FAILED: 'JOB_STATE_FAILED',
  JOB_STATE_STOPPED: 'JOB_STATE_STOPPED',
} as const;

export type JobState =
  | 'JOB_STATE_UNSPECIFIED'
  | 0
  | 'JOB_STATE_QUEUED'
  | 1
  | 'JOB_STATE_STARTED'
  | 2
  | 'JOB_STATE_FINISHED'
  | 3
  | 'JOB_STATE_FAILED'
  | 4
  | 'JOB_STATE_STOPPED'
  | 5

export type JobState__Output = typeof JobState[keyof typeof JobState]
