import { expect, test } from 'vitest';
import { joinFacets, mergeFacets } from '../../../src/filtering/merge-facets.ts';
import type { Facet, FilterValue } from '../../../src/model/filter.ts';

function facet(...values: [FilterValue, number][]): Facet {
  const counts = values.map(([value, documents]) => ({ value, documents }));
  return { field: 'f', values: counts, valueCount: counts.length };
}

test('counts of the same value add up, and values of other kinds stay apart', () => {
  const parts = [facet(['1', 5], [1, 2]), facet([1, 2], [{ timeMs: 1 }, 3], ['1', 1], [true, 2])];
  expect(mergeFacets(parts, { field: 'f', limit: 10 })).toEqual({
    field: 'f',
    values: [
      { value: '1', documents: 6 },
      { value: 1, documents: 4 },
      { value: { timeMs: 1 }, documents: 3 },
      { value: true, documents: 2 },
    ],
    valueCount: 4,
  });
});

test('ties are ordered by value: truths, numbers, times, texts', () => {
  const parts = [facet(['b', 1], ['a', 1], [{ timeMs: 0 }, 1], [10, 1], [9, 1], [true, 1], [false, 1])];
  const { values } = mergeFacets(parts, { field: 'f', limit: 100 });
  expect(values.map(({ value }) => value)).toEqual([false, true, 9, 10, { timeMs: 0 }, 'a', 'b']);
});

test('only the end cuts to what was asked', () => {
  const parts = [facet(['a', 3], ['b', 2]), facet(['b', 2], ['c', 1])];
  expect(joinFacets(parts, 'f').values).toHaveLength(3);
  const merged = mergeFacets(parts, { field: 'f', limit: 1 });
  expect(merged.values).toEqual([{ value: 'b', documents: 4 }]);
  expect(merged.valueCount).toBe(3);
});

test('nothing to merge is an empty facet', () => {
  expect(mergeFacets([], { field: 'f', limit: 5 })).toEqual({ field: 'f', values: [], valueCount: 0 });
});
