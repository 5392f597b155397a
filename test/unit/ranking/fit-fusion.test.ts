// The fit of the fusion finds what separates queries that need words from those that need none.

import { expect, test } from 'vitest';
import { fitWeights, meanAveragePrecision, toFitSet } from '../../../scripts/eval/fit-fusion.ts';
import type { SetFeatures } from '../../../scripts/eval/fusion-features.ts';
import { fittedWeights } from '../../../src/ranking/fusion-weights.ts';
import { randomFrom } from '../../support/random.ts';

/** `signal`: which score tells the relevant document apart; the other one is noise. */
function featuresWith(signal: 'cosine' | 'lexicalScore', spread: number): SetFeatures {
  const random = randomFrom(7);
  const queries = Array.from({ length: 60 }, (_, query) => {
    const candidates = Array.from({ length: 100 }, (_, i) => {
      const noise = { cosine: 0.3 + spread * random(), lexicalScore: 3 * random() };
      const isRelevant = i === 50;
      const sure = signal === 'cosine' ? { cosine: 0.3 + spread } : { lexicalScore: 3 };
      const ranks = { coverage: 0.5, semanticRank: null, lexicalRank: null };
      return { id: `${i}`, ...noise, ...(isRelevant ? sure : {}), ...ranks, gain: isRelevant ? 1 : 0 };
    });
    const evidence = { terms: 3, identifiers: 0, information: 10, lexicalScoreMax: 10 };
    return { id: `${query}`, evidence, semanticWeight: 0, relevant: [{ id: '50', gain: 1 }], candidates };
  });
  return { name: signal, queries };
}

test('a fit is never worse than where it starts, and better where the weights fit badly', () => {
  const sets = [featuresWith('cosine', 0.5), featuresWith('lexicalScore', 0.1)].map(toFitSet);
  const start = { ...fittedWeights, floor: 0.9, rise: 0 };
  const fitted = fitWeights(sets, start);
  for (const set of sets) {
    expect(meanAveragePrecision(set, fitted)).toBeGreaterThan(meanAveragePrecision(set, start));
  }
});
