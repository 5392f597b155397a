import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeBlock, safeJson, safeLine, shortened } from '../../../src/cli/safe-text.ts';

const steering = '\u001b[2J\u009b31m\u0007\r\u202e\u2066';

it('nothing that steers a terminal is printed', () => {
  expect(safeLine(`a${steering}b\nc`)).toBe('a [2J 31m b c');
  expect(safeBlock(`a${steering}\r\n\tb`)).toBe('a [2J 31m \n  \n\tb');
  expect(safeBlock('a\r\n\tb')).toBe('a\n\tb');
  expect(safeJson(steering)).toBe('"\\u001b[2J\\u009b31m\\u0007\\r\\u202e\\u2066"');
});

it('JSON made safe is still the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(safeJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(JSON.parse(safeJson(steering))).toBe(steering);
});

it('shortening never cuts a character in half', () => {
  expect(shortened('😀😀😀', 2)).toBe('😀…');
  expect(shortened('ab', 2)).toBe('ab');
});
