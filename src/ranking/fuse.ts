// Two lists become one. The semantic list finds paraphrases, the lexical one names and rare words; which of them to
// trust differs from query to query, and a fixed weight that wins on one collection loses on another. The default
// therefore weighs the lexical side by what the query and the tops of its lists say (docs/decisions/026).
//
// A document's fused score depends on its own raw scores and on facts about the query and the tops of the lists, never on
// how many candidates there are: pages of different depth agree.

import { assertNever } from '../base/assert.ts';
import type { FusionChoice } from '../model/query.ts';
import type { Candidate, FusedScore, QueryEvidence } from './candidate.ts';
import { confidenceOf } from './confidence.ts';
import { type ListTops, lexicalWeightOf, topsOf } from './list-tops.ts';

export interface FusedList {
  /** Index-aligned with the candidates. */
  readonly scores: readonly FusedScore[];
  /** The share of the semantic side, in [0, 1]; null where there is only one list. */
  readonly semanticWeight: number | null;
}

/** Below any cosine of a text that has to do with the query; what a document without a vector is taken to have. */
const cosineMin = 0;

/**
 * `candidates`: the union of the first `fusionDepth` of each list, in any order, each with both raw scores where there
 * are both sides. Throws nothing; no candidates give no scores.
 */
export function fuse(
  candidates: readonly Candidate[],
  evidence: QueryEvidence,
  fusion: FusionChoice = { type: 'adaptive' },
): FusedList {
  const sides = sidesOf(candidates);
  const tops = topsOf(candidates, evidence);
  const scorer = sides === 'both' ? scorerOf(fusion, tops, evidence) : oneSide(sides);
  const scores = candidates.map((candidate) => ({
    score: scorer.score(candidate),
    confidence: confidenceOf(candidate, evidence),
  }));
  return { scores, semanticWeight: scorer.semanticWeight };
}

interface Scorer {
  readonly semanticWeight: number | null;
  score(candidate: Candidate): number;
}

/** Which lists there are; one without a single score was not asked for. */
function sidesOf(candidates: readonly Candidate[]): 'both' | 'semantic' | 'lexical' {
  const isSemantic = candidates.some(({ cosine }) => cosine !== null);
  const isLexical = candidates.some(({ lexicalScore }) => lexicalScore !== null);
  if (isSemantic && isLexical) return 'both';
  return isLexical ? 'lexical' : 'semantic';
}

function oneSide(side: 'semantic' | 'lexical'): Scorer {
  return side === 'semantic'
    ? { semanticWeight: null, score: ({ cosine }) => cosine ?? cosineMin }
    : { semanticWeight: null, score: ({ lexicalScore }) => lexicalScore ?? 0 };
}

function scorerOf(fusion: FusionChoice, tops: ListTops, evidence: QueryEvidence): Scorer {
  switch (fusion.type) {
    case 'adaptive':
      return weightedSum(lexicalWeightOf(tops, evidence.weights), evidence);
    case 'convex':
      return convex(fusion.semanticWeight, tops);
    case 'rrf':
      return reciprocalRanks(fusion);
    default:
      return assertNever(fusion);
  }
}

/** cosine + weight × (BM25 / information of the query), brought to a sum of weights of 1. */
function weightedSum(lexicalWeight: number, { information }: QueryEvidence): Scorer {
  const semanticWeight = 1 / (1 + lexicalWeight);
  return {
    semanticWeight,
    score: ({ cosine, lexicalScore }) =>
      semanticWeight * (cosine ?? cosineMin) +
      (1 - semanticWeight) * (information > 0 ? (lexicalScore ?? 0) / information : 0),
  };
}

/**
 * Each side is stretched so that its best document has 1 and no match at all has 0, which are facts of the top and of the
 * scale: Bruch, Gai & Ingber 2022 call it theoretical min-max and find the choice of the norm to matter little.
 */
function convex(semanticWeight: number, { cosineTop, lexicalTop }: ListTops): Scorer {
  const semantic = (cosine: number) => (cosine + 1) / (cosineTop + 1);
  return {
    semanticWeight,
    score: ({ cosine, lexicalScore }) =>
      semanticWeight * (cosine === null ? 0 : semantic(cosine)) +
      (1 - semanticWeight) * (lexicalTop > 0 ? (lexicalScore ?? 0) / lexicalTop : 0),
  };
}

/** Cormack, Clarke & Büttcher 2009. A document that a list has not within its depth gains nothing from it. */
function reciprocalRanks({
  k,
  semanticWeight,
  lexicalWeight,
}: Extract<FusionChoice, { readonly type: 'rrf' }>): Scorer {
  const part = (weight: number, rank: number | null) => (rank === null ? 0 : weight / (k + rank));
  const sum = semanticWeight + lexicalWeight;
  return {
    semanticWeight: sum > 0 ? semanticWeight / sum : 0.5,
    score: ({ semanticRank, lexicalRank }) =>
      part(semanticWeight, semanticRank) + part(lexicalWeight, lexicalRank),
  };
}
