// Original file: proto/kms/v1/document.proto

export const Outcome = {
  OUTCOME_UNSPECIFIED: 'OUTCOME_UNSPECIFIED',
  OUTCOME_INDEXED: 'OUTCOME_INDEXED',
  OUTCOME_UNCHANGED: 'OUTCOME_UNCHANGED',
  OUTCOME_REJECTED: 'OUTCOME_REJECTED',
} as const;

export type Outcome =
  | 'OUTCOME_UNSPECIFIED'
  | 0
  | 'OUTCOME_INDEXED'
  | 1
  | 'OUTCOME_UNCHANGED'
  | 2
  | 'OUTCOME_REJECTED'
  | 3

export type Outcome__Output = typeof Outcome[keyof typeof Outcome]
