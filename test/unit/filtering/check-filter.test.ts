import { expect, test } from 'vitest';
import { checkFilter } from '../../../src/filtering/check-filter.ts';
import type { Filter } from '../../../src/model/filter.ts';

const leaf: Filter = { type: 'exists', field: 'a' };
const nested = (levels: number): Filter =>
  levels === 0 ? leaf : { type: 'not', filter: nested(levels - 1) };

test('each fault is named by its path', () => {
  const filter: Filter = {
    type: 'and',
    filters: [
      { type: 'in', field: '', values: [] },
      { type: 'not', filter: { type: 'exists', field: 'x'.repeat(129) } },
      { type: 'or', filters: [{ type: 'range', field: 'a', lower: null, upper: null }] },
      {
        type: 'range',
        field: 'a',
        lower: { value: Number.NaN, isInclusive: true },
        upper: { value: { timeMs: 0.5 }, isInclusive: true },
      },
      { type: 'in', field: 'a', values: ['ok', 'é'.repeat(4_097)] },
    ],
  };
  expect(checkFilter(filter, 'boosts[2].filter').map(({ field }) => field)).toEqual([
    'boosts[2].filter.all_of.filters[0].one_of.field',
    'boosts[2].filter.all_of.filters[0].one_of.values',
    'boosts[2].filter.all_of.filters[1].negated.exists',
    'boosts[2].filter.all_of.filters[2].any_of.filters[0].range',
    'boosts[2].filter.all_of.filters[3].range.lower',
    'boosts[2].filter.all_of.filters[3].range.upper',
    'boosts[2].filter.all_of.filters[3].range',
    'boosts[2].filter.all_of.filters[4].one_of.values[1]',
  ]);
});

test('eight levels are enough, and nine too deep', () => {
  expect(checkFilter(nested(8))).toEqual([]);
  expect(checkFilter(nested(9))).toHaveLength(1);
  expect(checkFilter(nested(5_000))).toHaveLength(1);
});

test('128 conditions are enough, groups included, and one more too many', () => {
  const group = (count: number): Filter => ({
    type: 'or',
    filters: Array.from({ length: count }, () => leaf),
  });
  expect(checkFilter(group(127))).toEqual([]);
  expect(checkFilter(group(128))).toHaveLength(1);
  expect(checkFilter(group(100_000))).toHaveLength(1);
});

test('of many faults the first sixteen are told', () => {
  const filters = Array.from({ length: 100 }, (): Filter => ({ type: 'exists', field: '' }));
  expect(checkFilter({ type: 'and', filters })).toHaveLength(16);
});
