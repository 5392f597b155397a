// Original file: proto/kms/v1/job_service.proto

export const SyncMode = {
  SYNC_MODE_UNSPECIFIED: 'SYNC_MODE_UNSPECIFIED',
  SYNC_MODE_INCREMENTAL: 'SYNC_MODE_INCREMENTAL',
  SYNC_MODE_FULL: 'SYNC_MODE_FULL',
  SYNC_MODE_RECONCILE: 'SYNC_MODE_RECONCILE',
} as const;

export type SyncMode =
  | 'SYNC_MODE_UNSPECIFIED'
  | 0
  | 'SYNC_MODE_INCREMENTAL'
  | 1
  | 'SYNC_MODE_FULL'
  | 2
  | 'SYNC_MODE_RECONCILE'
  | 3

export type SyncMode__Output = typeof SyncMode[keyof typeof SyncMode]
