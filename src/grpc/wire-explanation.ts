// How an answer came about, from the model to the wire.

import type { SearchExplanation } from '../model/query.ts';
import type { SearchExplanation as WireSearchExplanation } from './generated/kms/v1/SearchExplanation.ts';
import { filterToWire } from './wire-filter.ts';

export function explanationToWire(explanation: SearchExplanation): WireSearchExplanation {
  const { understanding, semanticWeight, filteredDocuments } = explanation;
  const { text, terms, phrases, excluded, filter, corrections } = understanding;
  return {
    understanding: {
      text,
      terms: [...terms],
      phrases: [...phrases],
      excluded: [...excluded],
      filter: filter === null ? null : filterToWire(filter),
      corrections: [...corrections],
    },
    semanticWeight: semanticWeight ?? 0,
    filteredDocuments: filteredDocuments ?? 0,
    semanticCandidates: explanation.semanticCandidates,
    lexicalCandidates: explanation.lexicalCandidates,
  };
}
