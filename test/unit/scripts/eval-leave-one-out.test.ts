// Fitting on the others: with a fit so simple that what it must come to is plain.

import { expect, it } from 'vitest';
import type { JudgedCandidate, SetFeatures } from '../../../scripts/eval/fusion-features.ts';
import {
  type CandidateScorer,
  type JudgedFeatures,
  leaveOneOut,
} from '../../../scripts/eval/leave-one-out.ts';
import { judge } from '../../../scripts/eval/retrieval-metrics.ts';

const candidate = (id: string, cosine: number, lexicalScore: number, gain: number): JudgedCandidate => ({
  id,
  cosine,
  lexicalScore,
  coverage: 0,
  semanticRank: 1,
  lexicalRank: 1,
  gain,
});

/** A set where the relevant document is first by meaning, or first by words. */
function setOf(name: string, best: 'cosine' | 'lexicalScore'): SetFeatures {
  const candidates =
    best === 'cosine'
      ? [candidate('a', 0.9, 1, 1), candidate('b', 0.1, 5, 0)]
      : [candidate('a', 0.1, 5, 1), candidate('b', 0.9, 1, 0)];
  const evidence = { terms: 1, identifiers: 0, information: 1, lexicalScoreMax: 1 };
  return {
    name,
    queries: [{ id: 'q', evidence, semanticWeight: 0.5, relevant: [{ id: 'a', gain: 1 }], candidates }],
  };
}

const by =
  (field: 'cosine' | 'lexicalScore'): CandidateScorer =>
  ({ candidates }) =>
    candidates.map((each) => each[field] ?? 0);

/** Takes the side that wins on most of the sets it sees. */
function fit(sets: readonly SetFeatures[]): CandidateScorer {
  const semantic = sets.filter(({ name }) => name.startsWith('semantic')).length;
  return by(2 * semantic >= sets.length ? 'cosine' : 'lexicalScore');
}

const rankings = (...ids: string[]) => judge({ shallow: ids, deep: ids }, new Map([['a', 1]]));

/** As the modes ranked it. */
function judged(name: string, best: 'cosine' | 'lexicalScore'): JudgedFeatures {
  const [first, second] = [[rankings('a', 'b')], [rankings('b', 'a')]];
  const parts =
    best === 'cosine' ? { semantic: first, lexical: second } : { semantic: second, lexical: first };
  return { features: setOf(name, best), parts };
}

it('a set is judged by what was fitted on the others alone', () => {
  const sets = [judged('semantic', 'cosine'), judged('lexical', 'lexicalScore')];
  const results = leaveOneOut(sets, 1, fit);
  // Each set was fitted on the opposite one, so that the relevant document comes second.
  expect(results.map(({ name, metrics }) => [name, metrics.map.fitted.mean])).toEqual([
    ['semantic', 0.5],
    ['lexical', 0.5],
  ]);
});

it('the fit is compared with the better mode', () => {
  const sets = [judged('semantic', 'cosine'), judged('lexical', 'lexicalScore')];
  const [first, second] = leaveOneOut(sets, 1, fit);
  expect(first?.metrics.map).toMatchObject({ better: 'semantic', difference: { mean: -0.5 } });
  expect(second?.metrics.map).toMatchObject({ better: 'lexical', difference: { mean: -0.5 } });
});

it('the engine’s own fit puts on top what both sides agree on', () => {
  const candidates = [candidate('a', 0.9, 0.8, 1), candidate('b', 0.1, 0.1, 0)];
  const sets = ['one', 'two'].map((name): JudgedFeatures => {
    const { features, parts } = judged(name, 'cosine');
    const queries = features.queries.map((query) => ({ ...query, candidates }));
    return { features: { name, queries }, parts };
  });
  for (const { metrics } of leaveOneOut(sets, 1))
    expect(metrics.map).toMatchObject({ fitted: { mean: 1 }, engine: 1, difference: { mean: 0 } });
});

it('a relevant document that is no candidate counts as not found', () => {
  const { features, parts } = judged('semantic', 'cosine');
  const queries = features.queries.map((query) => ({
    ...query,
    relevant: [...query.relevant, { id: 'nowhere', gain: 1 }],
  }));
  const sets = [{ features: { ...features, queries }, parts }, judged('semantic', 'cosine')];
  const [first] = leaveOneOut(sets, 1, fit);
  expect(first?.metrics.map.fitted.mean).toBe(0.5);
});
