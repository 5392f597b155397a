import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeHits } from '../../../src/pipeline/merge-hits.ts';
import type { ShardHit } from '../../../src/stages/index/index-messages.ts';

const hits = fc.array(
  fc.record({
    collection: fc.constantFrom('cases', 'articles'),
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    cosine: fc.integer({ min: -10, max: 10 }).map((tenths) => tenths / 10),
    chunk: fc.constant(0),
    document: fc.constant(null),
    snippet: fc.constant(''),
  }),
  { maxLength: 12 },
);

test('the merge of several lists is the best of each document, best first, never more than the limit', () => {
  fc.assert(
    fc.property(
      fc.array(hits, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 8 }),
      (lists, limit) => {
        const best = new Map<string, number>();
        for (const hit of lists.flat()) {
          const key = `${hit.collection}/${hit.id}`;
          best.set(key, Math.max(best.get(key) ?? -2, hit.cosine));
        }
        const expected = [...best.values()].sort((a, b) => b - a).slice(0, limit);
        const merged = mergeHits(lists, limit);
        expect(merged.map((hit) => hit.cosine)).toEqual(expected);
        for (const hit of merged) expect(hit.cosine).toBe(best.get(`${hit.collection}/${hit.id}`));
      },
    ),
  );
});

test('equal scores come in the same order whatever the order of the shards', () => {
  const hit = (id: string): ShardHit => ({
    collection: 'cases',
    id,
    cosine: 0.5,
    chunk: 0,
    document: null,
    snippet: '',
  });
  const ids = (lists: ShardHit[][]) => mergeHits(lists, 3).map(({ id }) => id);
  expect(ids([[hit('b')], [hit('a'), hit('c')]])).toEqual(ids([[hit('a'), hit('c')], [hit('b')]]));
});
