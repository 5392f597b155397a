// Original file: proto/kms/v1/job_service.proto

export const JobPriority = {
  JOB_PRIORITY_UNSPECIFIED: 'JOB_PRIORITY_UNSPECIFIED',
  JOB_PRIORITY_HIGH: 'JOB_PRIORITY_HIGH',
  JOB_PRIORITY_NORMAL: 'JOB_PRIORITY_NORMAL',
  JOB_PRIORITY_LOW: 'JOB_PRIORITY_LOW',
} as const;

export type JobPriority =
  | 'JOB_PRIORITY_UNSPECIFIED'
  | 0
  | 'JOB_PRIORITY_HIGH'
  | 1
  | 'JOB_PRIORITY_NORMAL'
  | 2
  | 'JOB_PRIORITY_LOW'
  | 3

export type JobPriority__Output = typeof JobPriority[keyof typeof JobPriority]
