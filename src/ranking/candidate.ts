// What is known about a document that may become a hit, and about the query it answers, when the lists are fused.

import type { WeightParameters } from './fusion-weights.ts';

export interface Candidate {
  /** Cosine of the query and the document's best chunk, in [-1, 1]; null when there is no query vector. */
  readonly cosine: number | null;
  /** BM25, not below 0; null when there is no lexical query. */
  readonly lexicalScore: number | null;
  /** The share of the query's information that the document's terms hold, in [0, 1]; 0 without a lexical query. */
  readonly coverage: number;
  /** Positions in the two lists, from 1; null: not within the depth that was asked for. */
  readonly semanticRank: number | null;
  readonly lexicalRank: number | null;
}

/** What the query itself says about how far its words can be trusted. */
export interface QueryEvidence {
  /** Distinct scored groups (words, identifiers) of the query. */
  readonly terms: number;
  /** Groups that are identifiers found in the index. */
  readonly identifiers: number;
  /** Sum of idf over the groups, those that no document holds included at the idf of one document. */
  readonly information: number;
  /** The highest BM25 that a document could have: every term saturated. */
  readonly lexicalScoreMax: number;
  /** How words weigh beside the cosines of this search's model; absent: as beside the default model's. */
  readonly weights?: WeightParameters;
}

/** The evidence of a query without words. */
export const noEvidence: QueryEvidence = { terms: 0, identifiers: 0, information: 0, lexicalScoreMax: 0 };

/** Index-aligned with the candidates. */
export interface FusedScore {
  /** What hits are ordered by. Comparable within one answer. */
  readonly score: number;
  /** Estimated probability that the document is what was looked for, in [0, 1]. */
  readonly confidence: number;
}
