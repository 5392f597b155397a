// Filters between the wire and the model: what is sent arrives, and what is no filter is refused by the place.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatFilter } from '../../../src/filtering/format-filter.ts';
import { parseFilter } from '../../../src/filtering/parse-filter.ts';
import type { Filter as WireFilter } from '../../../src/grpc/generated/kms/v1/Filter.ts';
import type { SearchRequest__Output } from '../../../src/grpc/generated/kms/v1/SearchRequest.ts';
import { InputFaults } from '../../../src/grpc/input-faults.ts';
import { serviceDefinitions } from '../../../src/grpc/service-definitions.ts';
import { facetsFromWire, filterFromWire, filterToWire } from '../../../src/grpc/wire-filter.ts';
import { type Filter, filterLimits } from '../../../src/model/filter.ts';
import { anyFilter } from '../../support/any-filter.ts';

const { requestSerialize, requestDeserialize } = serviceDefinitions.search.Search;

/** As a client sends it and the server decodes it. */
function overTheWire(filter: WireFilter): SearchRequest__Output {
  return requestDeserialize(requestSerialize({ text: 'x', filter }));
}

function faultsOf(filter: WireFilter): string[] {
  const faults = new InputFaults();
  filterFromWire(overTheWire(filter).filter, 'filter', faults);
  return faults.violations.map(({ field, description }) => `${field} ${description}`);
}

const isOpen: WireFilter = { oneOf: { field: 'status', values: [{ stringValue: 'open' }] } };

describe('a filter', () => {
  test('comes over the wire as it was', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const faults = new InputFaults();
        expect(filterFromWire(overTheWire(filterToWire(filter)).filter, 'filter', faults)).toEqual(filter);
        expect(faults.violations).toEqual([]);
      }),
    );
  });

  test('is the same as text, in the model and on the wire', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const read = parseFilter(formatFilter(filter));
        const arrived = filterFromWire(overTheWire(filterToWire(read)).filter, 'filter', new InputFaults());
        expect(arrived).toEqual(filter);
        expect(formatFilter(arrived ?? filter)).toBe(formatFilter(filter));
      }),
    );
  });

  test('that is not set is none', () => {
    expect(filterFromWire(null, 'filter', new InputFaults())).toBeNull();
  });

  const bad: readonly [kind: string, filter: WireFilter, says: string | RegExp][] = [
    ['without a condition', {}, 'filter is empty: set one of all_of, any_of, negated, one_of, range, exists'],
    ['with two conditions', { ...isOpen, exists: 'x' }, 'filter has one_of and exists: set exactly one'],
    [
      'with an empty part',
      { allOf: { filters: [isOpen, { negated: {} }] } },
      'filter.all_of.filters[1].negated is empty: set one of all_of, any_of, negated, one_of, range, exists',
    ],
    [
      'with a value of no kind',
      { anyOf: { filters: [{ oneOf: { field: 'a', values: [{ stringValue: 'x' }, {}] } }] } },
      'filter.any_of.filters[0].one_of.values[1] is empty: set one of string_value, number_value, bool_value, time_value',
    ],
    ['without values', { oneOf: { field: 'a', values: [] } }, 'filter.one_of.values has 0 values: 1 to 256'],
    [
      'with too many values',
      { oneOf: { field: 'a', values: Array.from({ length: 257 }, () => ({ numberValue: 1 })) } },
      'filter.one_of.values has 257 values: 1 to 256',
    ],
    ['without a field', { exists: '' }, /^filter\.exists has 0 bytes/],
    ['with an oversized field', { exists: 'é'.repeat(65) }, /^filter\.exists has 130 bytes/],
    [
      'with an oversized text',
      { oneOf: { field: 'a', values: [{ stringValue: 'x'.repeat(8193) }] } },
      'filter.one_of.values[0] has 8193 bytes: at most 8192',
    ],
    [
      'with a value that is not finite',
      { oneOf: { field: 'a', values: [{ numberValue: Number.NaN }] } },
      'filter.one_of.values[0] is NaN: only finite numbers',
    ],
    [
      'with a time out of range',
      { oneOf: { field: 'a', values: [{ timeValue: { seconds: '253402300800' } }] } },
      /^filter\.one_of\.values\[0\]\.time_value has seconds/,
    ],
    ['with a range of no ends', { range: { field: 'a' } }, /^filter\.range has no end/],
    [
      'with an end of no value',
      { range: { field: 'a', lower: { exclusive: true } } },
      'filter.range.lower is empty: set one of number_value, time_value',
    ],
    [
      'with an end that is not finite',
      { range: { field: 'a', upper: { numberValue: Number.POSITIVE_INFINITY } } },
      'filter.range.upper is Infinity: only finite numbers',
    ],
    [
      'with ends of two kinds',
      { range: { field: 'a', lower: { numberValue: 1 }, upper: { timeValue: { seconds: 1 } } } },
      /^filter\.range has a number at one end and a time at the other/,
    ],
  ];

  test.each(bad)('%s is refused by name', (_kind, filter, says) => {
    const faults = faultsOf(filter);
    expect(faults).toHaveLength(1);
    if (typeof says === 'string') expect(faults[0]).toBe(says);
    else expect(faults[0]).toMatch(says);
  });

  test('of as many levels as allowed passes, of one more is refused', () => {
    const nested = (levels: number): WireFilter =>
      levels === 0 ? isOpen : { negated: { allOf: { filters: [nested(levels - 2)] } } };
    expect(faultsOf(nested(filterLimits.depthMax))).toEqual([]);
    expect(faultsOf({ negated: nested(filterLimits.depthMax) })).toHaveLength(1);
  });

  test('of as many conditions as allowed passes, of one more is refused', () => {
    const wide = (count: number): WireFilter => ({
      anyOf: { filters: Array.from({ length: count }, () => isOpen) },
    });
    expect(faultsOf(wide(filterLimits.conditionsMax - 1))).toEqual([]);
    expect(faultsOf(wide(filterLimits.conditionsMax))).toHaveLength(1);
  });

  test('holds no more faults than can be told', () => {
    const empty: Filter[] = Array.from({ length: 100 }, () => ({ type: 'exists', field: '' }));
    expect(faultsOf(filterToWire({ type: 'and', filters: empty })).length).toBeLessThan(100);
  });
});

describe('facets', () => {
  const read = (facets: readonly { readonly field: string; readonly limit: number }[]) => {
    const faults = new InputFaults();
    return {
      read: facetsFromWire([...facets], 'facets', faults),
      faults: faults.violations.map(({ field }) => field),
    };
  };

  test('have ten values unless more or fewer are asked for', () => {
    expect(
      read([
        { field: 'a', limit: 0 },
        { field: 'b', limit: 100 },
      ]),
    ).toEqual({
      read: [
        { field: 'a', limit: 10 },
        { field: 'b', limit: 100 },
      ],
      faults: [],
    });
  });

  test('without a name, with too many values, and too many of them are refused by name', () => {
    const bad = [
      { field: '', limit: 1 },
      { field: 'x'.repeat(129), limit: 101 },
      { field: 'x', limit: -1 },
    ];
    expect(read(bad).faults).toEqual([
      'facets[0].field',
      'facets[1].field',
      'facets[1].limit',
      'facets[2].limit',
    ]);
    expect(read(Array.from({ length: 17 }, () => ({ field: 'x', limit: 1 }))).faults).toEqual(['facets']);
  });
});
