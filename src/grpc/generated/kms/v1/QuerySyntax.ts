// Original file: proto/kms/v1/search_service.proto

export const QuerySyntax = {
  QUERY_SYNTAX_UNSPECIFIED: 'QUERY_SYNTAX_UNSPECIFIED',
  QUERY_SYNTAX_PLAIN: 'QUERY_SYNTAX_PLAIN',
  QUERY_SYNTAX_OPERATORS: 'QUERY_SYNTAX_OPERATORS',
} as const;

export type QuerySyntax =
  | 'QUERY_SYNTAX_UNSPECIFIED'
  | 0
  | 'QUERY_SYNTAX_PLAIN'
  | 1
  | 'QUERY_SYNTAX_OPERATORS'
  | 2

export type QuerySyntax__Output = typeof QuerySyntax[keyof typeof QuerySyntax]
