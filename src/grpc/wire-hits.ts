// The answers of searches from the model to the wire: hits, facets, and how it all came about.

import { KmsError } from '../base/errors.ts';
import { limits } from '../model/limits.ts';
import type {
  FilterPlan,
  HitExplanation,
  QueryUnderstanding,
  RerankOutcome,
  SearchAnswer,
  SearchExplanation,
  SearchHit,
} from '../model/query.ts';
import type { FilterPlan as WireFilterPlan } from './generated/kms/v1/FilterPlan.ts';
import type { Hit } from './generated/kms/v1/Hit.ts';
import type { HitExplanation as WireHitExplanation } from './generated/kms/v1/HitExplanation.ts';
import type { RerankOutcome as WireRerankOutcome } from './generated/kms/v1/RerankOutcome.ts';
import type { SearchExplanation as WireSearchExplanation } from './generated/kms/v1/SearchExplanation.ts';
import type { SearchResponse } from './generated/kms/v1/SearchResponse.ts';
import { type AnswerOptions, documentBytes, documentToWire } from './wire-answer.ts';
import { facetBytes, facetToWire, filterBytes, filterToWire } from './wire-filter.ts';

/** Timings, plan, outcome, id. */
const answerOverheadBytes = 256;
/** The numbers of a hit and of its explanation. */
const hitOverheadBytes = 160;
/** A highlight: two numbers, each at most three bytes and a tag, and the message's own head. */
const highlightBytes = 16;
/** Its weight, its kind and its frequency. */
const termOverheadBytes = 48;

const filterPlans: Readonly<Record<FilterPlan, WireFilterPlan>> = {
  none: 'FILTER_PLAN_NONE',
  scan: 'FILTER_PLAN_SCAN',
  graph: 'FILTER_PLAN_GRAPH',
  fallback: 'FILTER_PLAN_FALLBACK',
};

const rerankOutcomes: Readonly<Record<RerankOutcome, WireRerankOutcome>> = {
  none: 'RERANK_OUTCOME_NONE',
  done: 'RERANK_OUTCOME_DONE',
  over_budget: 'RERANK_OUTCOME_OVER_BUDGET',
  unavailable: 'RERANK_OUTCOME_UNAVAILABLE',
};

/** One answer. Throws `invalid_argument` when it would not fit into a message. */
export function answerToWire(answer: SearchAnswer, options: AnswerOptions): SearchResponse {
  checkAnswerBytes([answer], [options]);
  return uncheckedAnswerToWire(answer, options);
}

/** Several answers of one message; index-aligned. Throws `invalid_argument` when they would not fit into it. */
export function answersToWire(
  answers: readonly SearchAnswer[],
  options: readonly AnswerOptions[],
): SearchResponse[] {
  checkAnswerBytes(answers, options);
  return answers.map((answer, index) => uncheckedAnswerToWire(answer, options[index] ?? { omitBody: false }));
}

function uncheckedAnswerToWire(answer: SearchAnswer, options: AnswerOptions): SearchResponse {
  const { hits, timings, searchId, facets, correctedText, explanation } = answer;
  return {
    hits: hits.map((hit) => hitToWire(hit, options)),
    timings,
    searchId,
    facets: facets.map(facetToWire),
    filterPlan: filterPlans[answer.filterPlan],
    rerank: rerankOutcomes[answer.rerank],
    correctedText,
    explanation: explanation === null ? null : explanationToWire(explanation),
  };
}

function hitToWire(hit: SearchHit, options: AnswerOptions): Hit {
  const { document, cosine, lexicalScore, score, confidence, snippet, explanation } = hit;
  return {
    document: documentToWire(document, options),
    cosine,
    lexicalScore,
    fusedScore: score,
    snippet,
    generation: document.generation,
    confidence,
    pinned: hit.isPinned,
    matchedTerms: [...hit.matchedTerms],
    highlights: [...hit.highlights],
    duplicates: [...hit.duplicates],
    explanation: explanation === null ? null : hitExplanationToWire(explanation),
  };
}

/** On the wire 0 stands for a rank that there is not. */
function hitExplanationToWire(explanation: HitExplanation): WireHitExplanation {
  const { semanticRank, lexicalRank, rerankedRank, rerankScore, ...known } = explanation;
  return {
    ...known,
    semanticRank: semanticRank ?? 0,
    lexicalRank: lexicalRank ?? 0,
    rerankedRank: rerankedRank ?? 0,
    rerankScore: rerankScore ?? 0,
  };
}

function explanationToWire(explanation: SearchExplanation): WireSearchExplanation {
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

function checkAnswerBytes(answers: readonly SearchAnswer[], options: readonly AnswerOptions[]): void {
  const bytes = answers.reduce(
    (sum, answer, index) => sum + answerBytes(answer, options[index] ?? { omitBody: false }),
    0,
  );
  if (bytes <= limits.messageBytesMax) return;
  const description = `gives an answer of ${bytes} bytes, over ${limits.messageBytesMax}: ask for fewer hits, or set omit_body`;
  throw new KmsError('invalid_argument', `limit: ${description}`, {
    violations: [{ field: 'limit', description }],
    facts: { answerBytes: bytes, messageBytesMax: limits.messageBytesMax },
  });
}

/** About how many bytes an answer takes on the wire; a little more than it really does. */
export function answerBytes(answer: SearchAnswer, options: AnswerOptions): number {
  const { hits, facets, searchId, correctedText, explanation } = answer;
  let bytes = answerOverheadBytes + textsBytes([searchId, correctedText]);
  for (const hit of hits) bytes += hitBytes(hit, options);
  for (const facet of facets) bytes += facetBytes(facet);
  return explanation === null ? bytes : bytes + understandingBytes(explanation.understanding);
}

function hitBytes(hit: SearchHit, options: AnswerOptions): number {
  const { document, snippet, matchedTerms, highlights, duplicates } = hit;
  const names = duplicates.flatMap(({ collection, id }) => [collection, id]);
  // The generation stands in the hit and in its document.
  const { collection, generation } = document;
  const texts = [snippet, collection, generation, generation, ...matchedTerms, ...names];
  const lists = highlights.length * highlightBytes + duplicates.length * 8;
  return hitOverheadBytes + documentBytes(document, options) + textsBytes(texts) + lists;
}

function understandingBytes(understanding: QueryUnderstanding): number {
  const { text, terms, phrases, excluded, filter, corrections } = understanding;
  const texts = [
    text,
    ...terms.flatMap(({ term, surface }) => [term, surface]),
    ...phrases,
    ...excluded,
    ...corrections.flatMap(({ from, to }) => [from, to]),
  ];
  const filtered = filter === null ? 0 : filterBytes(filter);
  return answerOverheadBytes + terms.length * termOverheadBytes + textsBytes(texts) + filtered;
}

/** With tag and length. */
function textsBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + 8 + Buffer.byteLength(text), 0);
}
