// The search of the engine's model for tests of its gRPC door: brute force over a list of documents, so that every field
// of an answer has something in it that follows from the query.

import { fieldValue, matchesFilter } from '../../src/filtering/match-filter.ts';
import type { StoredDocument } from '../../src/model/document.ts';
import type { Facet, FacetRequest, FilterValue } from '../../src/model/filter.ts';
import type { Highlight, SearchAnswer, SearchHit, SearchQuery } from '../../src/model/query.ts';

export interface SearchedDocument extends StoredDocument {
  readonly vectors: Float32Array;
}

/** `vector`: of the target. Words count for what they are: one point each. */
export function modelAnswer(
  documents: readonly SearchedDocument[],
  query: SearchQuery,
  vector: Float32Array,
): SearchAnswer {
  const { filter, target, mode } = query;
  const passing = documents.filter((document) => filter === null || matchesFilter(filter, document));
  const words = target.type === 'text' && mode !== 'semantic' ? target.text.split(/\s+/).filter(Boolean) : [];
  const found = passing
    .map((document) => modelHit(document, query, { vector, words }))
    .sort((a, b) => b.score - a.score);
  const hits = found.slice(query.offset, query.offset + query.limit);
  return {
    searchId: 'search-1',
    hits,
    timings: { embedMs: 1, searchMs: 2, rankMs: 0.25, rerankMs: 0, fetchMs: 0.5, totalMs: 3 },
    facets: query.facets.map((request) => modelFacet(passing, request)),
    filterPlan: filter === null ? 'none' : 'scan',
    rerank: query.rerank === null ? 'none' : 'unavailable',
    correctedText:
      query.withSpelling && words.includes('pritner') ? words.join(' ').replace('pritner', 'printer') : '',
    explanation: query.withExplanation
      ? {
          understanding: {
            text: target.type === 'text' ? target.text : '',
            terms: words.map((surface) => ({
              term: surface.toLowerCase(),
              surface,
              kind: 'word',
              weight: 1,
              documentFrequency: 1,
            })),
            phrases: [],
            excluded: [],
            filter,
            corrections: [],
          },
          semanticWeight: mode === 'hybrid' ? 0.7 : null,
          filteredDocuments: filter === null ? null : passing.length,
          semanticCandidates: found.length,
          lexicalCandidates: found.filter((hit) => hit.lexicalScore > 0).length,
        }
      : null,
  };
}

function modelHit(
  { vectors, ...document }: SearchedDocument,
  query: SearchQuery,
  { vector, words }: { readonly vector: Float32Array; readonly words: readonly string[] },
): SearchHit {
  const cosine = query.mode === 'lexical' ? 0 : dot(vector, vectors);
  const snippet = document.body.slice(0, 100);
  const matchedTerms = words.filter((word) => document.body.toLowerCase().includes(word.toLowerCase()));
  return {
    document: { ...document, vectors: query.withVectors ? vectors : null },
    cosine,
    lexicalScore: matchedTerms.length,
    score: cosine + matchedTerms.length,
    confidence: 0.5,
    isPinned: query.target.type === 'text' && query.target.text.includes(document.id),
    matchedTerms,
    snippet,
    highlights: matchedTerms.flatMap((word) => placesOf(word, snippet)),
    duplicates: [],
    explanation: query.withExplanation
      ? {
          semanticRank: 1,
          lexicalRank: null,
          fusedRank: 1,
          rerankedRank: null,
          rerankScore: null,
          coverage: 0.5,
          prior: 1,
        }
      : null,
  };
}

function placesOf(word: string, snippet: string): Highlight[] {
  const start = snippet.toLowerCase().indexOf(word.toLowerCase());
  return start < 0 ? [] : [{ start, end: start + word.length }];
}

function modelFacet(documents: readonly SearchedDocument[], { field, limit }: FacetRequest): Facet {
  const counts = new Map<string, { readonly value: FilterValue; documents: number }>();
  for (const document of documents) {
    const value = fieldValue(document, field);
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value as FilterValue];
    for (const one of values) {
      const key = JSON.stringify(one);
      const count = counts.get(key) ?? { value: one, documents: 0 };
      counts.set(key, { ...count, documents: count.documents + 1 });
    }
  }
  const values = [...counts.values()].sort((a, b) => b.documents - a.documents);
  return { field, values: values.slice(0, limit), valueCount: values.length };
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
