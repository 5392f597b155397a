// Random documents and filters over few fields and values, so that filters find something more often than not.

import fc from 'fast-check';
import type { Attributes, AttributeValue, MediaType } from '../../src/model/document.ts';
import { type Filter, type FilterValue, filterLimits, type RangeEnd } from '../../src/model/filter.ts';

export interface RandomFacts {
  readonly attributes: Attributes;
  readonly updateTimeMs: number | null;
  readonly mediaType: MediaType;
  readonly chunks: number;
}

const fields = [
  'a',
  'ab',
  'b',
  'tags',
  '',
  '$update_time',
  '$commit_time',
  '$media_type',
  'and',
  'ü',
  '__proto__',
];
const texts = [
  '',
  'x',
  'x\u0000\u0000\u0000\u0001',
  'open',
  'x'.repeat(256),
  'x'.repeat(257),
  'é'.repeat(200),
  '1',
];
const numbers = [0, -0, 1, -1, 0.1, 0.30000000000000004, 3, 1e300, -1e300, 5e-324, 255, 256, 65_535, 65_536];
const times = [0, 1, -1, 1_700_000_000_000, 1_700_000_000_001, 1_703_000_000_000, 253_402_300_799_999];

const text = fc.constantFrom(...texts);
const number = fc.oneof(
  fc.constantFrom(...numbers),
  fc.integer({ min: -50, max: 5_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const time = fc
  .oneof(fc.constantFrom(...times), fc.integer({ min: 1_600_000_000_000, max: 1_700_000_000_000 }))
  .map((timeMs) => ({ timeMs }));

export const fieldName = fc.constantFrom(...fields);
export const filterValue: fc.Arbitrary<FilterValue> = fc.oneof(text, number, fc.boolean(), time);
const attributeValue: fc.Arbitrary<AttributeValue> = fc.oneof(filterValue, fc.array(text, { maxLength: 4 }));

export const randomFacts: fc.Arbitrary<RandomFacts> = fc.record({
  attributes: fc
    .uniqueArray(fc.tuple(fieldName, attributeValue), { maxLength: 6, selector: ([name]) => name })
    .map((pairs) => Object.fromEntries(pairs)),
  updateTimeMs: fc.option(time.map(({ timeMs }) => timeMs)),
  mediaType: fc.constantFrom('text/plain', 'text/html'),
  chunks: fc.integer({ min: 1, max: 4 }),
});

function rangeEnd(value: fc.Arbitrary<RangeEnd['value']>): fc.Arbitrary<RangeEnd> {
  return fc.record({ value, isInclusive: fc.boolean() });
}

function rangeOver(value: fc.Arbitrary<RangeEnd['value']>): fc.Arbitrary<Filter> {
  return fc
    .record({
      type: fc.constant('range' as const),
      field: fieldName,
      lower: fc.option(rangeEnd(value)),
      upper: fc.option(rangeEnd(value)),
    })
    .filter(({ lower, upper }) => lower !== null || upper !== null);
}

/** Within the bounds of filters; `field` may be empty, which the check at the door refuses and the indexes bear. */
export const randomFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; leaf: Filter }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      type: fc.constant('in' as const),
      field: fieldName,
      values: fc.array(filterValue, { minLength: 1, maxLength: 4 }),
    }),
    rangeOver(number),
    rangeOver(time),
    fc.record({ type: fc.constant('exists' as const), field: fieldName }),
  ),
  filter: fc.oneof(
    { maxDepth: filterLimits.depthMax - 2, depthSize: 'small' },
    tie('leaf'),
    fc.record({ type: fc.constant('and' as const), filters: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('or' as const), filters: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('not' as const), filter: tie('filter') }),
  ),
})).filter;
