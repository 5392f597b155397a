// Original file: proto/kms/v1/search_service.proto

export const FilterPlan = {
  FILTER_PLAN_UNSPECIFIED: 'FILTER_PLAN_UNSPECIFIED',
  FILTER_PLAN_NONE: 'FILTER_PLAN_NONE',
  FILTER_PLAN_SCAN: 'FILTER_PLAN_SCAN',
  FILTER_PLAN_GRAPH: 'FILTER_PLAN_GRAPH',
  FILTER_PLAN_FALLBACK: 'FILTER_PLAN_FALLBACK',
} as const;

export type FilterPlan =
  | 'FILTER_PLAN_UNSPECIFIED'
  | 0
  | 'FILTER_PLAN_NONE'
  | 1
  | 'FILTER_PLAN_SCAN'
  | 2
  | 'FILTER_PLAN_GRAPH'
  | 3
  | 'FILTER_PLAN_FALLBACK'
  | 4

export type FilterPlan__Output = typeof FilterPlan[keyof typeof FilterPlan]
