// Arbitrary filters within their bounds, for property tests.

import fc from 'fast-check';
import { builtInFields, type Filter, type FilterValue, type RangeEnd } from '../../src/model/filter.ts';

const field = fc.oneof(
  fc.constantFrom(...builtInFields, 'product', 'status', 'and', 'not', 'true', '1', 'a b', '`', '"quoted"'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => name !== '__proto__'),
);
// google.protobuf.Timestamp: the years 1 to 9999.
const time = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }).map((timeMs) => ({ timeMs }));
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', '"', "'", '\\', 'a\nb', '2024-01-01', '12', 'true', 'null', '*'),
);

export const anyFilterValue: fc.Arbitrary<FilterValue> = fc.oneof(text, number, fc.boolean(), time);

const endOf = (value: fc.Arbitrary<RangeEnd['value']>): fc.Arbitrary<RangeEnd> =>
  fc.record({ value, isInclusive: fc.boolean() });
const ends = fc.oneof(fc.constant(number), fc.constant(time)).chain((value) =>
  fc
    .tuple(fc.option(endOf(value)), fc.option(endOf(value)))
    .filter(([lower, upper]) => lower !== null || upper !== null)
    .map(([lower, upper]) => ({ lower, upper })),
);

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    type: fc.constant('in' as const),
    field,
    values: fc.array(anyFilterValue, { minLength: 1, maxLength: 4 }),
  }),
  fc.tuple(field, ends).map(([name, range]) => ({ type: 'range' as const, field: name, ...range })),
  field.map((name) => ({ type: 'exists' as const, field: name })),
);

/** At most 5 levels of groups and some dozens of conditions: well within filterLimits. */
export const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; group: Filter }>((tie) => ({
  group: fc.oneof(
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { maxLength: 3 }))
      .map(([type, filters]) => ({ type, filters })),
    tie('filter').map((filter) => ({ type: 'not' as const, filter })),
  ),
  filter: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('group')),
})).filter;
