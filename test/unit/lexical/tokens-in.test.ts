import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeDocument } from '../../../src/lexical/analyze-text.ts';
import { tokensIn } from '../../../src/lexical/tokens-in.ts';

const surfaces = (text: string) => tokensIn(text).map(({ start, end }) => text.slice(start, end));

test('tokens stand where they are written, in order', () => {
  const text = 'The disk (sda1) is full: ERR_DISK_7, banana an ana';
  expect(surfaces(text)).toEqual(['The', 'disk', 'sda1', 'is', 'full', 'ERR_DISK_7', 'banana', 'an', 'ana']);
  const starts = tokensIn(text).map(({ start }) => start);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});

test('an identifier has its parts, a stop word nothing', () => {
  const [the, error] = tokensIn('the ERR_DISK_7');
  expect(the?.terms).toEqual([]);
  expect(error?.terms).toEqual(expect.arrayContaining(['err_disk_7', 'disk']));
});

test('an acronym is marked with its points, and what follows is not looked for behind its next spelling', () => {
  const text = 'the U.S. office, an old office of US trade';
  expect(surfaces(text)).toEqual(['the', 'U.S', 'office', 'an', 'old', 'office', 'of', 'US', 'trade']);
});

test('pairs of characters overlap where a script writes no blanks', () => {
  expect(surfaces('検索する abc')).toEqual(['検索', '索す', 'する', 'abc']);
});

test('the terms of the tokens are those of the document', () => {
  const text = fc.array(
    fc.oneof(fc.lorem(), fc.string({ unit: 'grapheme' }), fc.constantFrom('ERR_A_1', '検索する', "don't")),
  );
  fc.assert(
    fc.property(text, (words) => {
      const line = words.join(' ');
      const held = new Set(analyzeDocument('', line).terms.split('\n'));
      const found = tokensIn(line).flatMap(({ terms }) => terms);
      for (const term of found) expect(held.has(term)).toBe(true);
    }),
  );
});

test('the tokens with asked terms are those of all tokens that have one', () => {
  const word = fc.constantFrom(
    'disk',
    'fails',
    'the',
    'ERR_DISK_7',
    '検索す',
    'fails.',
    'a/b-c',
    'Straße',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(word), fc.uniqueArray(word), (written, askedWords) => {
      const line = written.join(' ');
      const asked = new Set(askedWords.flatMap((each) => tokensIn(each).flatMap(({ terms }) => terms)));
      const expected = tokensIn(line).filter(({ terms }) => terms.some((term) => asked.has(term)));
      expect(tokensIn(line, asked)).toEqual(expected);
    }),
  );
});
