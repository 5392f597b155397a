// Original file: proto/kms/v1/search_service.proto

export const SearchMode = {
  SEARCH_MODE_UNSPECIFIED: 'SEARCH_MODE_UNSPECIFIED',
  SEARCH_MODE_SEMANTIC: 'SEARCH_MODE_SEMANTIC',
  SEARCH_MODE_LEXICAL: 'SEARCH_MODE_LEXICAL',
  SEARCH_MODE_HYBRID: 'SEARCH_MODE_HYBRID',
} as const;

export type SearchMode =
  | 'SEARCH_MODE_UNSPECIFIED'
  | 0
  | 'SEARCH_MODE_SEMANTIC'
  | 1
  | 'SEARCH_MODE_LEXICAL'
  | 2
  | 'SEARCH_MODE_HYBRID'
  | 3

export type SearchMode__Output = typeof SearchMode[keyof typeof SearchMode]
