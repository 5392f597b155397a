// The ways of searching that are judged: the three modes as a client gets them by default, the two fixed fusions beside
// the default one, and options of hybrid beside hybrid without them.

import type { SearchRequest } from '../../src/grpc/generated/kms/v1/SearchRequest.ts';

export const modes = ['semantic', 'lexical', 'hybrid'] as const;
export type Mode = (typeof modes)[number];

export interface SearchMethod {
  /** As tables and JSON name it; a mode's default method bears the mode's name. */
  readonly name: string;
  readonly mode: Mode;
  readonly request: Omit<SearchRequest, 'text' | 'vector' | 'query' | 'limit' | 'collections'>;
}

const hybrid = 'SEARCH_MODE_HYBRID';
const fused = (name: string, request: SearchMethod['request']): SearchMethod => ({
  name,
  mode: 'hybrid',
  request: { mode: hybrid, ...request },
});

/** Judged by every metric. */
const methods: readonly SearchMethod[] = [
  { name: 'semantic', mode: 'semantic', request: { mode: 'SEARCH_MODE_SEMANTIC' } },
  { name: 'lexical', mode: 'lexical', request: { mode: 'SEARCH_MODE_LEXICAL' } },
  fused('hybrid', {}),
  fused('hybrid, convex .7', { fusion: { convex: { semanticWeight: 0.7 } } }),
  fused('hybrid, rrf 60', { fusion: { rrf: { k: 60 } } }),
];

/**
 * Judged by how far they move the first hits of hybrid. What needs attributes, a dictionary or a model that judged sets
 * have not (recency, boosts, synonyms, reranking) is not among them.
 */
const options: readonly SearchMethod[] = [
  fused('exact scan', { exact: true }),
  fused('operators read', { querySyntax: 'QUERY_SYNTAX_UNSPECIFIED' }),
  fused('no spelling', { noSpelling: true }),
  fused('collapse .95', { collapse: { similarityMin: 0.95 } }),
  fused('diversity .5', { diversity: { lambda: 0.5 } }),
  fused('diversity .8', { diversity: { lambda: 0.8 } }),
];

/** Empty: all. */
export function methodsOf(wanted: readonly Mode[]): readonly SearchMethod[] {
  return wanted.length === 0 ? methods : methods.filter(({ mode }) => wanted.includes(mode));
}

export function optionsOf(wanted: readonly Mode[]): readonly SearchMethod[] {
  return wanted.length === 0 || wanted.includes('hybrid') ? options : [];
}
