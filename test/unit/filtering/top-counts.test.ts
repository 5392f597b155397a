import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FacetCount, topCounts } from '../../../src/filtering/top-counts.ts';
import { compareValues } from '../../../src/filtering/value-order.ts';
import type { FilterValue } from '../../../src/model/filter.ts';

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.string({ maxLength: 2 }),
  fc.boolean(),
  fc.record({ timeMs: fc.nat({ max: 9 }) }),
);
const counts = fc.uniqueArray(fc.record({ value, documents: fc.integer({ min: 1, max: 4 }) }), {
  maxLength: 60,
  selector: (count) => JSON.stringify(count.value),
});

test('the top is what sorting all of them begins with', () => {
  fc.assert(
    fc.property(counts, fc.nat({ max: 70 }), (all: FacetCount[], limit) => {
      const sorted = [...all].sort(
        (a, b) => b.documents - a.documents || compareValues(a.value as FilterValue, b.value as FilterValue),
      );
      expect(topCounts(all, limit)).toEqual(sorted.slice(0, limit));
    }),
  );
});

test('however many values there are, others get their turn within a thousand of them', () => {
  let seen = 0;
  let seenAtTurn = 0;
  let widest = 0;
  const onUnit = () => {
    widest = Math.max(widest, seen - seenAtTurn);
    seenAtTurn = seen;
  };
  function* values(): Generator<FacetCount> {
    for (let i = 0; i < 50_000; i++) {
      seen += 1;
      // Each is better than all before.
      yield { value: 50_000 - i, documents: 1 + i };
    }
  }
  const top = topCounts(values(), 10, onUnit);
  expect(top.map((count) => count.value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(widest).toBeLessThanOrEqual(1_024);
  expect(seen - seenAtTurn).toBeLessThan(1_024);
});
