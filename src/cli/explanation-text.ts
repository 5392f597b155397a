// How an answer came about, in lines for people: how the text was read, what each list gave, where the time went.

import type { Hit__Output } from '../grpc/generated/kms/v1/Hit.ts';
import type { HitExplanation__Output } from '../grpc/generated/kms/v1/HitExplanation.ts';
import type { QueryTerm__Output } from '../grpc/generated/kms/v1/QueryTerm.ts';
import type { QueryUnderstanding__Output } from '../grpc/generated/kms/v1/QueryUnderstanding.ts';
import type { SearchExplanation__Output } from '../grpc/generated/kms/v1/SearchExplanation.ts';
import type { SearchResponse__Output } from '../grpc/generated/kms/v1/SearchResponse.ts';
import type { SearchTimings__Output } from '../grpc/generated/kms/v1/SearchTimings.ts';
import { filterText } from './answer-forms.ts';
import { safeLine, shortened } from './safe-text.ts';
import { plainWord } from './wire-forms.ts';

const textCharactersMax = 200;

/** `vector 3, words 1, fused 1; cosine 0.512, bm25 12.31, coverage 80 %, prior 1.10`. */
export function hitExplanation(hit: Hit__Output, explanation: HitExplanation__Output): string {
  const { semanticRank, lexicalRank, fusedRank, rerankedRank, rerankScore, coverage, prior } = explanation;
  const ranks = [
    ['vector', semanticRank],
    ['words', lexicalRank],
    ['fused', fusedRank],
    ['reranked', rerankedRank],
  ] as const;
  const places = ranks.map(([name, rank]) => (rank === 0 ? '' : `${name} ${rank}`)).filter(Boolean);
  const scores = [
    `cosine ${hit.cosine.toFixed(3)}`,
    `bm25 ${hit.lexicalScore.toFixed(2)}`,
    `coverage ${Math.round(coverage * 100)} %`,
    ...(rerankedRank === 0 ? [] : [`reranker ${rerankScore.toFixed(3)}`]),
    ...(prior === 1 ? [] : [`prior ${prior.toFixed(2)}`]),
  ];
  return `${places.join(', ')}; ${scores.join(', ')}`;
}

/** `name: what it was`, a line each; what there was nothing of is left out. */
export function answerExplanation(
  answer: SearchResponse__Output,
  explanation: SearchExplanation__Output,
): string {
  const { understanding, semanticWeight, semanticCandidates, lexicalCandidates } = explanation;
  const plan = plainWord(answer.filterPlan, 'FILTER_PLAN_');
  const rerank = plainWord(answer.rerank, 'RERANK_OUTCOME_').replace('_', ' ');
  const rows: readonly (readonly [string, string])[] = [
    ...(understanding === null ? [] : understandingRows(understanding)),
    ['lists', `${semanticCandidates} by vector, ${lexicalCandidates} by words`],
    ['weight of the cosine', semanticWeight === 0 ? '' : semanticWeight.toFixed(2)],
    ['filter plan', plan === 'none' ? '' : `${plan}, about ${explanation.filteredDocuments} documents pass`],
    ['reranking', rerank === 'none' ? '' : rerank],
    ['time', answer.timings === null ? '' : timesText(answer.timings)],
  ];
  return rows.flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`])).join('\n');
}

function understandingRows(understanding: QueryUnderstanding__Output): [string, string][] {
  const { text, terms, phrases, excluded, filter, corrections } = understanding;
  const quoted = (texts: readonly string[]) => texts.map((part) => `"${safeLine(part)}"`).join(', ');
  return [
    ['embedded', text === '' ? '' : `"${shortened(safeLine(text), textCharactersMax)}"`],
    ['words', terms.map(termText).join(', ')],
    ['phrases', quoted(phrases)],
    ['left out', quoted(excluded)],
    ['corrected', corrections.map(({ from, to }) => `${safeLine(from)} → ${safeLine(to)}`).join(', ')],
    ['filter', filter === null ? '' : safeLine(filterText(filter))],
  ];
}

/** `timeout (41)`, or `vpn (synonym, × 0.3, 12)`: in so many documents. */
function termText({ surface, term, kind, weight, documentFrequency }: QueryTerm__Output): string {
  const facts = [
    ...(kind === 'word' ? [] : [safeLine(kind)]),
    ...(weight === 1 ? [] : [`× ${weight.toFixed(2)}`]),
    documentFrequency,
  ];
  return `${safeLine(surface || term)} (${facts.join(', ')})`;
}

function timesText(timings: SearchTimings__Output): string {
  const { embedMs, searchMs, rankMs, rerankMs, fetchMs, totalMs } = timings;
  const steps = [
    ['embed', embedMs],
    ['search', searchMs],
    ['rank', rankMs],
    ['rerank', rerankMs],
    ['fetch', fetchMs],
    ['total', totalMs],
  ] as const;
  return `${steps.map(([name, ms]) => `${name} ${ms.toFixed(1)}`).join(', ')} ms`;
}
