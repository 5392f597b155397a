// Original file: proto/kms/v1/search_service.proto

export const FeedbackKind = {
  FEEDBACK_KIND_UNSPECIFIED: 'FEEDBACK_KIND_UNSPECIFIED',
  FEEDBACK_KIND_CLICKED: 'FEEDBACK_KIND_CLICKED',
  FEEDBACK_KIND_SOLVED: 'FEEDBACK_KIND_SOLVED',
  FEEDBACK_KIND_NOT_RELEVANT: 'FEEDBACK_KIND_NOT_RELEVANT',
} as const;

export type FeedbackKind =
  | 'FEEDBACK_KIND_UNSPECIFIED'
  | 0
  | 'FEEDBACK_KIND_CLICKED'
  | 1
  | 'FEEDBACK_KIND_SOLVED'
  | 2
  | 'FEEDBACK_KIND_NOT_RELEVANT'
  | 3

export type FeedbackKind__Output = typeof FeedbackKind[keyof typeof FeedbackKind]
