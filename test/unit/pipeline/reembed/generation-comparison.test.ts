import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareAnswers } from '../../../../src/pipeline/reembed/generation-comparison.ts';

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 10 });

test('equal answers agree in full', () => {
  fc.assert(
    fc.property(ids, (same) => {
      const [currentIds, otherIds] = [same, [...same]];
      expect(compareAnswers([{ query: 'q', currentIds, otherIds }])).toMatchObject({
        overlapAt10: 1,
        rankAgreement: 1,
        sameFirstHit: 1,
      });
    }),
  );
});

test('the same hits in reverse have all in common and the opposite order', () => {
  fc.assert(
    fc.property(ids, (currentIds) => {
      const otherIds = [...currentIds].reverse();
      const { overlapAt10, rankAgreement } = compareAnswers([{ query: 'q', currentIds, otherIds }]);
      expect([overlapAt10, rankAgreement]).toEqual([1, -1]);
    }),
  );
});

test('the figures are means over the queries, and what differs most is shown first', () => {
  const alike = { query: 'alike', currentIds: ['a', 'b'], otherIds: ['a', 'b'] };
  const apart = { query: 'apart', currentIds: ['a', 'b'], otherIds: ['c', 'd'] };
  const comparison = compareAnswers([alike, apart]);
  expect(comparison).toMatchObject({ queries: 2, overlapAt10: 0.5, rankAgreement: 1, sameFirstHit: 0.5 });
  expect(comparison.examples.map(({ query }) => query)).toEqual(['apart', 'alike']);
});

test('one swap among three hits costs a third of the agreement on each side', () => {
  const swapped = { query: 'q', currentIds: ['a', 'b', 'c'], otherIds: ['b', 'a', 'c'] };
  expect(compareAnswers([swapped]).rankAgreement).toBeCloseTo(1 / 3, 12);
});

test('without two hits in common there is no order to compare', () => {
  const apart = { query: 'q', currentIds: ['a', 'b'], otherIds: ['a', 'c'] };
  expect(compareAnswers([apart]).rankAgreement).toBeNull();
  expect(compareAnswers([])).toMatchObject({ queries: 0, rankAgreement: null });
});
