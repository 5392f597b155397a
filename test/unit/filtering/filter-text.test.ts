import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkFilter } from '../../../src/filtering/check-filter.ts';
import { formatFilter } from '../../../src/filtering/format-filter.ts';
import { parseFilter } from '../../../src/filtering/parse-filter.ts';
import type { Filter, FilterValue } from '../../../src/model/filter.ts';
import { randomFilter } from '../../support/random-filters.ts';

const is = (field: string, ...values: FilterValue[]): Filter => ({ type: 'in', field, values });
const not = (filter: Filter): Filter => ({ type: 'not', filter });
const time = (iso: string) => ({ timeMs: Date.parse(iso) });
const from = (value: number | { timeMs: number }, isInclusive = true) => ({ value, isInclusive });

test('a filter as text, read again, is the same filter', () => {
  fc.assert(
    fc.property(randomFilter, (filter) => {
      fc.pre(checkFilter(filter).length === 0);
      expect(parseFilter(formatFilter(filter))).toEqual(filter);
    }),
    { numRuns: 1_000 },
  );
});

test('any text as a value and any name survive being written and read', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (field, value) => {
        fc.pre(Buffer.byteLength(field) <= 128);
        const filter = is(field, value);
        expect(parseFilter(formatFilter(filter))).toEqual(filter);
      },
    ),
  );
});

test.each<[string, Filter]>([
  ['status = "open"', is('status', 'open')],
  ["status = 'it\\'s'", is('status', "it's")],
  ['tags=vpn', is('tags', 'vpn')],
  ['a != 3', not(is('a', 3))],
  ['a NOT IN (1, "1", true)', not(is('a', 1, '1', true))],
  ['not exists(resolved)', not({ type: 'exists', field: 'resolved' })],
  ['`odd name``s` = -1.5e3', is('odd name`s', -1500)],
  ['version = 2.6.32', is('version', '2.6.32')],
  ['exists = 1', is('exists', 1)],
  ['created = 2024-01-01T10:00', is('created', time('2024-01-01T10:00:00Z'))],
  ['created = 2024-01-01T10:00:00.5+02:00', is('created', time('2024-01-01T08:00:00.500Z'))],
  ['price 10..20', { type: 'range', field: 'price', lower: from(10), upper: from(20) }],
  ['price 10 <..< 20', { type: 'range', field: 'price', lower: from(10, false), upper: from(20, false) }],
  ['a > 1', { type: 'range', field: 'a', lower: from(1, false), upper: null }],
  [
    '$update_time <= 2024-01-01T00:00:00Z',
    { type: 'range', field: '$update_time', lower: null, upper: from(time('2024-01-01T00:00:00Z')) },
  ],
  ['all()', { type: 'and', filters: [] }],
  ['any(a = 1)', { type: 'or', filters: [is('a', 1)] }],
  [
    'a=1 or b=1 and not c=1',
    { type: 'or', filters: [is('a', 1), { type: 'and', filters: [is('b', 1), not(is('c', 1))] }] },
  ],
  [
    '(a=1 or b=1) and c=1',
    { type: 'and', filters: [{ type: 'or', filters: [is('a', 1), is('b', 1)] }, is('c', 1)] },
  ],
])('%s', (text, filter) => {
  expect(parseFilter(text)).toEqual(filter);
});

test('a date alone is its whole day', () => {
  const [start, end] = [time('2024-02-28T00:00:00Z'), time('2024-02-29T00:00:00Z')];
  const range = (lower: typeof start | null, upper: typeof start | null): Filter => ({
    type: 'range',
    field: 'd',
    lower: lower === null ? null : from(lower),
    upper: upper === null ? null : from(upper, false),
  });
  expect(parseFilter('d = 2024-02-28')).toEqual(range(start, end));
  expect(parseFilter('d != 2024-02-28')).toEqual(not(range(start, end)));
  expect(parseFilter('d > 2024-02-28')).toEqual(range(end, null));
  expect(parseFilter('d >= 2024-02-28')).toEqual(range(start, null));
  expect(parseFilter('d < 2024-02-28')).toEqual(range(null, start));
  expect(parseFilter('d <= 2024-02-28')).toEqual(range(null, end));
  expect(parseFilter('d 2024-02-28..2024-02-28')).toEqual(range(start, end));
});

test.each<[string, number, RegExp]>([
  ['', 1, /the name of a field/],
  ['a', 2, /comparison/],
  ['a =', 4, /a value, found the end/],
  ['a = b c', 7, /"and", "or" or the end, found "c"/],
  ['a = "b', 5, /no closing "/],
  ['`a = 1', 1, /no closing backtick/],
  ['a = and', 5, /quotes/],
  ['a in (1', 8, /"," or "\)"/],
  ['(a = 1', 7, /"\)"/],
  ['a > "x"', 5, /a number or a time/],
  ['a 1..2024-01-01', 6, /both ends/],
  ['a = 2024-02-30', 5, /a day that there is/],
  ['a = 1e999', 5, /finite/],
  ['a in (2024-01-01)', 7, /whole days/],
  ['a = "\\u12"', 6, /hexadecimal/],
  ['1a = 3', 1, /backticks/],
  ['a not = 3', 7, /"in"/],
])('%s is refused at character %i', (text, position, expected) => {
  let thrown: unknown;
  try {
    parseFilter(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'invalid_argument', facts: { position: position - 1 } });
  expect((thrown as Error).message).toContain(`character ${position}: `);
  expect((thrown as Error).message).toMatch(expected);
});

test('whatever is typed is a filter within its bounds or an invalid argument', () => {
  const piece = fc.constantFrom(
    'a',
    '"x"',
    '(',
    ')',
    'and',
    'or',
    'not',
    'in',
    '=',
    '..',
    '<',
    ',',
    '1',
    'exists',
    'all',
    '`',
    '2024-01-01',
    ' ',
    '!',
  );
  const typed = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' ')),
  );
  fc.assert(
    fc.property(typed, (text) => {
      let filter: Filter;
      try {
        filter = parseFilter(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_argument' });
        return;
      }
      expect(checkFilter(filter)).toEqual([]);
      expect(parseFilter(formatFilter(filter))).toEqual(filter);
    }),
    { numRuns: 3_000 },
  );
});

test('parentheses without end are refused, not followed', () => {
  for (const open of ['(', 'not ', 'all('])
    expect(() => parseFilter(open.repeat(100_000))).toThrowError(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
});

test('redundant parentheses make no level', () => {
  expect(parseFilter(`${'('.repeat(40)}a = 1${')'.repeat(40)}`)).toEqual(is('a', 1));
});
