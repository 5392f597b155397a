import { expect, test } from 'vitest';
import { type FilterableDocument, matchesFilter } from '../../../src/filtering/match-filter.ts';
import { parseFilter } from '../../../src/filtering/parse-filter.ts';

const document: FilterableDocument = {
  attributes: {
    status: 'open',
    one: '1',
    count: 1,
    zero: -0,
    vip: false,
    created: { timeMs: 1 },
    tags: ['vpn', '1'],
    none: [],
    $media_type: 'hidden',
  },
  updateTimeMs: null,
  commitTimeMs: 1_000,
  mediaType: 'text/html',
};

test.each([
  'status = open',
  'status != closed',
  'one = "1"',
  'count = 1',
  'zero = 0',
  'vip = false',
  'created = 1970-01-01T00:00:00.001Z',
  'tags = vpn',
  'tags = "1"',
  'exists(none)',
  'count 1..1',
  'count 0<..<2',
  '$commit_time = 1970-01-01T00:00:01Z',
  '$media_type = "text/html"',
  'not missing = 1',
  'all()',
])('it is true that %s', (text) => {
  expect(matchesFilter(parseFilter(text), document)).toBe(true);
});

test.each([
  'status = Open',
  'one = 1',
  'count = "1"',
  'count = 1970-01-01T00:00:00.001Z',
  'created = 1',
  'tags = 1',
  'tags > 0',
  'none = ""',
  'count 1<..2',
  'count < 1',
  'count >= 1970-01-01T00:00:00Z',
  'exists($update_time)',
  '$update_time <= 2030-01-01',
  '$media_type = hidden',
  'exists(toString)',
  'missing != 1 and missing = 1',
  'any()',
])('it is not true that %s', (text) => {
  expect(matchesFilter(parseFilter(text), document)).toBe(false);
});
