// Fusing the semantic and the lexical list.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FusionChoice } from '../../../src/model/query.ts';
import type { Candidate, QueryEvidence } from '../../../src/ranking/candidate.ts';
import { fuse } from '../../../src/ranking/fuse.ts';
import { fusionWeightsOf, type WeightParameters } from '../../../src/ranking/fusion-weights.ts';
import { fusionDepth, lexicalWeightOf, topsOf } from '../../../src/ranking/list-tops.ts';

const evidence: QueryEvidence = { terms: 3, identifiers: 0, information: 12, lexicalScoreMax: 12 };

const fusions: readonly FusionChoice[] = [
  { type: 'adaptive' },
  { type: 'convex', semanticWeight: 0.7 },
  { type: 'rrf', k: 60, semanticWeight: 1, lexicalWeight: 1 },
];
const fusion = fc.constantFrom(...fusions);

/** Both raw scores of some documents, as the engine completes them. */
const raw = fc.record({
  cosine: fc.double({ min: -1, max: 1, noNaN: true }),
  lexicalScore: fc.double({ min: 0, max: 11, noNaN: true }),
});
const raws = fc.array(raw, { minLength: 1, maxLength: 400 });

type Raw = { readonly cosine: number; readonly lexicalScore: number };

/** The union of the first `depth` of both lists. */
function unionOf(all: readonly Raw[], depth: number): Map<number, Candidate> {
  const ranksBy = (score: (each: Raw) => number) => {
    const order = all.map((_, i) => i).sort((a, b) => score(all[b] as Raw) - score(all[a] as Raw) || a - b);
    return new Map(order.slice(0, depth).map((index, i) => [index, i + 1]));
  };
  const semantic = ranksBy(({ cosine }) => cosine);
  const lexical = ranksBy(({ lexicalScore }) => lexicalScore);
  const union = new Set([...semantic.keys(), ...lexical.keys()]);
  return new Map(
    [...union].map((index) => {
      const ranks = { semanticRank: semantic.get(index) ?? null, lexicalRank: lexical.get(index) ?? null };
      return [index, { ...(all[index] as Raw), coverage: 0.5, ...ranks }];
    }),
  );
}

describe('each way of fusing', () => {
  test('a document that is better on both sides is never behind', () => {
    fc.assert(
      fc.property(raws, fusion, (all, way) => {
        const candidates = [...unionOf(all, 1000).values()];
        const { scores } = fuse(candidates, evidence, way);
        for (let i = 1; i < candidates.length; i++) {
          const [a, b] = [candidates[0] as Candidate, candidates[i] as Candidate];
          const isBetter = (a.cosine ?? 0) > (b.cosine ?? 0) && (a.lexicalScore ?? 0) > (b.lexicalScore ?? 0);
          if (isBetter) expect(scores[0]?.score).toBeGreaterThanOrEqual(scores[i]?.score ?? 0);
        }
      }),
    );
  });

  test('the order of the candidates does not matter', () => {
    fc.assert(
      fc.property(raws, fusion, (all, way) => {
        const candidates = [...unionOf(all, 1000).values()];
        const forwards = fuse(candidates, evidence, way).scores;
        const backwards = fuse(candidates.toReversed(), evidence, way).scores;
        expect(backwards.toReversed()).toEqual(forwards);
      }),
    );
  });

  test('confidence is a probability and rises with the cosine and the coverage', () => {
    const one = { lexicalScore: 3, semanticRank: 1, lexicalRank: 1 };
    const of = (cosine: number, coverage: number) =>
      fuse([{ ...one, cosine, coverage }], evidence).scores[0]?.confidence ?? Number.NaN;
    expect(of(-1, 0)).toBeGreaterThanOrEqual(0);
    expect(of(1, 1)).toBeLessThanOrEqual(1);
    expect(of(0.8, 0.5)).toBeGreaterThan(of(0.6, 0.5));
    expect(of(0.6, 0.9)).toBeGreaterThan(of(0.6, 0.2));
  });

  test('no candidates give no scores', () => {
    for (const way of fusions) expect(fuse([], evidence, way).scores).toEqual([]);
  });
});

describe('pages of one query', () => {
  test('scores by weight are the same for lists of any depth from the usual one on', () => {
    fc.assert(
      fc.property(raws, fc.integer({ min: fusionDepth, max: 400 }), (all, depth) => {
        for (const way of fusions.filter(({ type }) => type !== 'rrf')) {
          const [shallow, deep] = [unionOf(all, fusionDepth), unionOf(all, depth)];
          const scoresOf = (union: Map<number, Candidate>) => {
            const { scores } = fuse([...union.values()], evidence, way);
            return new Map([...union.keys()].map((index, i) => [index, scores[i]?.score]));
          };
          const deepScores = scoresOf(deep);
          for (const [index, score] of scoresOf(shallow)) expect(deepScores.get(index)).toBe(score);
        }
      }),
    );
  });
});

describe('one side alone', () => {
  const base = { coverage: 0, semanticRank: null, lexicalRank: null };

  test('keeps its raw scores, whatever the fusion, and has no weight to tell', () => {
    for (const way of fusions) {
      const semantic = fuse([{ ...base, cosine: 0.4, lexicalScore: null }], evidence, way);
      expect(semantic).toMatchObject({ semanticWeight: null, scores: [{ score: 0.4 }] });
      const lexical = fuse([{ ...base, cosine: null, lexicalScore: 7 }], evidence, way);
      expect(lexical).toMatchObject({ semanticWeight: null, scores: [{ score: 7 }] });
    }
  });
});

describe('the default', () => {
  const tops = { cosineTop: 0.6, cosineLast: 0.3, lexicalTopShare: 0.3 };

  test('words weigh the more, the closer the cosines lie together', () => {
    const weights = [0.55, 0.45, 0.35, 0.3, 0.2].map((cosineLast) =>
      lexicalWeightOf({ ...tops, cosineLast }),
    );
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect((weights[0] as number) / (weights[4] as number)).toBeGreaterThan(3);
  });

  test('beside the static model words weigh more, whatever its cosines say', () => {
    const low = { coverage: 0.5, semanticRank: null, lexicalRank: null };
    const candidates: Candidate[] = [
      { ...low, cosine: 0.8, lexicalScore: 2 },
      { ...low, cosine: 0.5, lexicalScore: 4 },
    ];
    const winner = (weights: WeightParameters) => {
      const { scores } = fuse(candidates, { ...evidence, weights });
      return (scores[0]?.score ?? 0) > (scores[1]?.score ?? 0) ? 'cosine' : 'words';
    };
    expect(winner(fusionWeightsOf({ provider: 'minilm', precision: 'int8' }))).toBe('cosine');
    expect(winner(fusionWeightsOf({ provider: 'static' }))).toBe('words');
    const { semanticWeight } = fuse(candidates, evidence);
    const byDefault = fuse(candidates, {
      ...evidence,
      weights: fusionWeightsOf({ provider: 'onnx', folder: '/e5' }),
    });
    expect(byDefault.semanticWeight).toBe(semanticWeight);
  });

  test('words weigh the more, the less of the query even the best document holds', () => {
    const weights = [0, 0.1, 0.3, 0.6, 1].map((share) =>
      lexicalWeightOf({ ...tops, lexicalTopShare: share }),
    );
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(Number.isFinite(weights[0])).toBe(true);
  });

  test('the tops of fewer documents than the depth are the first and the last of them', () => {
    const candidates = [
      ...unionOf(
        [0.2, 0.9, 0.5].map((cosine) => ({ cosine, lexicalScore: 6 })),
        100,
      ).values(),
    ];
    expect(topsOf(candidates, evidence)).toEqual({
      cosineTop: 0.9,
      cosineLast: 0.2,
      lexicalTop: 6,
      lexicalTopShare: 0.5,
    });
  });
});

describe('reciprocal rank fusion', () => {
  test('is the weighted sum of 1 / (k + rank) over the lists that have the document', () => {
    const one: Candidate = { cosine: 0.5, lexicalScore: 1, coverage: 0, semanticRank: 2, lexicalRank: 5 };
    const way: FusionChoice = { type: 'rrf', k: 10, semanticWeight: 3, lexicalWeight: 1 };
    const { scores, semanticWeight } = fuse([one, { ...one, lexicalRank: null }], evidence, way);
    expect(scores.map(({ score }) => score)).toEqual([3 / 12 + 1 / 15, 3 / 12]);
    expect(semanticWeight).toBe(0.75);
  });
});

describe('convex fusion', () => {
  test.each([
    [1, 'cosine'],
    [0, 'lexicalScore'],
  ] as const)('with a semantic weight of %d orders by the %s', (semanticWeight, side) => {
    fc.assert(
      fc.property(raws, (all) => {
        const candidates = [...unionOf(all, 1000).values()];
        const { scores } = fuse(candidates, evidence, { type: 'convex', semanticWeight });
        const order = candidates
          .map((_, i) => i)
          .sort((a, b) => (scores[b]?.score ?? 0) - (scores[a]?.score ?? 0));
        const sorted = order.map((i) => candidates[i]?.[side] ?? 0);
        for (let i = 1; i < sorted.length; i++) {
          expect(sorted[i]).toBeLessThanOrEqual((sorted[i - 1] as number) + 1e-9);
        }
      }),
    );
  });
});
