// The order of hits and the pages of one query, held against a brute-force model: whatever the number of shards.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idfOf } from '../../../../src/lexical/bm25.ts';
import { type FusionChoice, plainSearch, type SearchQuery } from '../../../../src/model/query.ts';
import type { SpaceAnswer } from '../../../../src/pipeline/search/group-search.ts';
import type { Candidate } from '../../../../src/ranking/candidate.ts';
import { fuse } from '../../../../src/ranking/fuse.ts';
import { fittedWeights, staticWeights } from '../../../../src/ranking/fusion-weights.ts';
import { modelDimensions } from '../../../support/model-actors.ts';
import { idsOf, modelSearch, type ScoredDocument } from '../../../support/model-search.ts';
import { randomFrom, unitVector } from '../../../support/random.ts';

const frequencies = { printer: 100, scanner: 7 };
const text = 'printer scanner';

/** Scores of few values, so that equals are common; `seed` gives the vectors. */
const corpus = fc
  .record({ count: fc.integer({ min: 0, max: 260 }), seed: fc.integer() })
  .map(({ count, seed }): ScoredDocument[] => {
    const random = randomFrom(seed);
    return Array.from({ length: count }, (_, i) => ({
      id: `d${i}`,
      cosine: Math.round(random() * 40) / 40 - 0.2,
      lexicalScore: random() < 0.5 ? 0 : Math.round(random() * 20) / 2,
      ageMs: Math.floor(random() * 400) * 86_400_000,
      attributes: { state: random() < 0.3 ? 'resolved' : 'open' },
      vector: unitVector(random, modelDimensions),
    }));
  });
const fusion = fc.constantFrom<FusionChoice>(
  { type: 'adaptive' },
  { type: 'convex', semanticWeight: 0.7 },
  { type: 'rrf', k: 60, semanticWeight: 1, lexicalWeight: 1 },
);
const reordering = fc.record(
  {
    diversity: fc.constant({ lambda: 0.6 }),
    collapse: fc.constant({ similarityMin: 0.95 }),
    recency: fc.constant({ halfLifeMs: 30 * 86_400_000, weight: 0.5 }),
    boosts: fc.constant([
      { filter: { type: 'in', field: 'state', values: ['resolved'] } as const, factor: 1.5 },
    ]),
  },
  { requiredKeys: [] },
);

/** The best of one list, with the rank of each. */
function ranks(documents: readonly ScoredDocument[], score: (document: ScoredDocument) => number) {
  const sorted = [...documents].sort((a, b) => score(b) - score(a) || (a.id < b.id ? -1 : 1)).slice(0, 100);
  return new Map(sorted.map((document, i) => [document, i + 1]));
}

test('the hits are the union of both lists in the order of their fused scores, by the weights of the model', async () => {
  await fc.assert(
    fc.asyncProperty(
      corpus,
      fusion,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(fittedWeights, staticWeights),
      async (documents, choice, shardCount, weights) => {
        const { search } = modelSearch(documents, { shardCount, frequencies, weights });
        const answer = await search({ text, fusion: choice, limit: 100, withExplanation: true });
        const semantic = ranks(documents, ({ cosine }) => cosine);
        const lexical = ranks(
          documents.filter(({ lexicalScore }) => lexicalScore > 0),
          ({ lexicalScore }) => lexicalScore,
        );
        const listed = documents.filter((document) => semantic.has(document) || lexical.has(document));
        const candidates = listed.map((document): Candidate => {
          const { cosine, lexicalScore } = document;
          return {
            cosine,
            lexicalScore,
            coverage: Math.min(1, lexicalScore / 20),
            semanticRank: semantic.get(document) ?? null,
            lexicalRank: lexical.get(document) ?? null,
          };
        });
        const evidence = { terms: 2, identifiers: 0, ...informationOf(answer), weights };
        const { scores } = fuse(candidates, evidence, choice);
        const expected = listed
          .map(({ id }, i) => ({ id, score: scores[i]?.score ?? 0, candidate: candidates[i] }))
          .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
          .slice(0, 100);
        expect(idsOf(answer)).toEqual(expected.map(({ id }) => id));
        expect(answer.hits.map(({ score }) => score)).toEqual(expected.map(({ score }) => score));
        for (const [i, { explanation }] of answer.hits.entries()) {
          const { semanticRank = null, lexicalRank = null } = expected[i]?.candidate ?? {};
          expect(explanation).toMatchObject({ semanticRank, lexicalRank, fusedRank: i + 1 });
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** The model's shards know 1,000 documents, so what a term tells follows from what is explained of it. */
function informationOf({ explanation }: Pick<SpaceAnswer, 'explanation'>) {
  const information = (explanation?.understanding.terms ?? [])
    .map(({ weight, documentFrequency }) => weight * idfOf(1_000, documentFrequency))
    .sort((a, b) => b - a)
    .reduce((sum, gain) => sum + gain, 0);
  return { information, lexicalScoreMax: information };
}

test('pages of one query laid end to end are the first hundred hits, each document once', async () => {
  const pageSize = fc.integer({ min: 7, max: 100 });
  await fc.assert(
    fc.asyncProperty(
      corpus,
      reordering,
      pageSize,
      fc.integer({ min: 1, max: 3 }),
      async (documents, more, limit, shardCount) => {
        const { search } = modelSearch(documents, { shardCount, frequencies });
        const asked: Partial<SearchQuery> = { ...plainSearch, mode: 'hybrid', ...more };
        const whole = idsOf(await search({ text, ...asked, limit: 100 }));
        const pages: string[] = [];
        for (let offset = 0; offset < 100; offset += limit) {
          const rest = Math.min(limit, 100 - offset);
          pages.push(...idsOf(await search({ text, ...asked, offset, limit: rest })));
        }
        expect(pages).toEqual(whole);
        expect(new Set(pages).size).toBe(pages.length);
      },
    ),
    { numRuns: 60 },
  );
});

test('an answer is the same from one shard and from several', async () => {
  await fc.assert(
    fc.asyncProperty(corpus, reordering, async (documents, more) => {
      const asked = { text, limit: 50, withExplanation: true, ...more };
      const one = await modelSearch(documents, { frequencies }).search(asked);
      const four = await modelSearch(documents, { frequencies, shardCount: 4 }).search(asked);
      expect(four.hits).toEqual(one.hits);
    }),
    { numRuns: 30 },
  );
});
