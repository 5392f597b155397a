// Original file: proto/kms/v1/job_service.proto

export const JobProfile = {
  JOB_PROFILE_UNSPECIFIED: 'JOB_PROFILE_UNSPECIFIED',
  JOB_PROFILE_DIRECT: 'JOB_PROFILE_DIRECT',
  JOB_PROFILE_POOLED: 'JOB_PROFILE_POOLED',
  JOB_PROFILE_BULK: 'JOB_PROFILE_BULK',
} as const;

export type JobProfile =
  | 'JOB_PROFILE_UNSPECIFIED'
  | 0
  | 'JOB_PROFILE_DIRECT'
  | 1
  | 'JOB_PROFILE_POOLED'
  | 2
  | 'JOB_PROFILE_BULK'
  | 3

export type JobProfile__Output = typeof JobProfile[keyof typeof JobProfile]
