import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanDocument } from '../../../src/stages/clean/clean-document.ts';
import { cleanQuery, cleanText, cleanTitle } from '../../../src/stages/clean/clean-text.ts';

const terms = readFileSync(new URL('../../fixtures/texts/technical-terms.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '');

const noises = [
  '2026-01-05T10:00:00.123Z',
  '2026-01-05 10:00:00,123 +0100',
  '2026/01/05 10:00',
  '05/01/2026, 10:00:00 PM',
  '[05/Jan/2026:10:00:00 +0000]',
  'Mon, 05 Jan 2026 10:00:00 GMT',
  'Jan  5 10:00:00',
  '10:00:00.123',
  '8f14e45f-ceea-467f-9575-7c4e2f1a2b3c',
  '0x7ffe12345678',
  '0x00007FF6A1B2C3D4',
  'd41d8cd98f00b204e9800998ecf8427e',
  '1767607200000',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
];

describe('technical terms', () => {
  test.each(terms)('%s stays whole', (term) => {
    expect(cleanText(term)).toBe(term);
    expect(cleanText(`It says "${term}" again, 10:00:00 ${term}\n(${term})`)).toBe(
      `It says "${term}" again, # ${term}\n(${term})`,
    );
  });
});

describe('noise', () => {
  test.each(noises)('%s is masked', (noise) => {
    const cleaned = cleanText(`before ${noise} after`);
    expect(cleaned).toMatch(/^before [#[]/);
    expect(cleaned).toMatch(/after$/);
    expect(cleaned.match(/[0-9]/g) ?? []).toEqual([]);
  });

  test('two reports of one problem become one text', () => {
    const first =
      '2026-01-05 10:00:00,001 [req-id: 7c4e2f1a2b3c] pid=4711 sshd[1234]: ERR_NGX_502 in com.acme.Foo@1b6d3586';
    const second =
      '2026-02-17 23:59:59,999 [req-id: 0a1b2c3d4e5f] pid=9 sshd[99812]: ERR_NGX_502 in com.acme.Foo@77aa12ff';
    expect(cleanText(first)).toBe('# [req-id: #] pid=# sshd[#]: ERR_NGX_502 in com.acme.Foo@#');
    expect(cleanText(second)).toBe(cleanText(first));
  });

  test('a tracking query goes with its link kept, and a meaningful one stays', () => {
    expect(cleanText('see https://a.example/x?utm_source=mail&id=1 now')).toBe('see https://a.example/x now');
    expect(cleanText('see https://a.example/x?id=1 now')).toBe('see https://a.example/x?id=1 now');
    const joined = `https://a.example/x?id=1\u00a1Jan 5 10:00:00/${'long/'.repeat(16)}`;
    expect(cleanText(cleanText(joined))).toBe(cleanText(joined));
  });

  test('ruling lines shrink', () => {
    expect(cleanText(`a\n${'-'.repeat(80)}\n${'═'.repeat(80)}\nb`)).toBe('a\n---\n═══\nb');
  });

  test('a word that follows the name of an id is no id', () => {
    expect(cleanText('session id: required')).toBe('session id: required');
  });
});

describe('characters', () => {
  test('what reads the same is written the same', () => {
    expect(cleanText('ﬁle\u00a0ｎａｍｅ x² e\u0301')).toBe('file name x2 é');
  });

  test('invisible characters and terminal colours vanish from within words', () => {
    expect(cleanText('ti\u200bme\u00adout \u202eabc\u202c \u001b[31mERR\u001b[0m \ud800x\ufeff')).toBe(
      'timeout abc ERR x',
    );
  });

  test('a letter keeps 30 marks, as sorting more of them takes quadratic time', () => {
    expect(cleanText(`a${'\u0327\u0301'.repeat(2_000)} b\u0301`).length).toBeLessThan(40);
    const composed = `x${'\u0344'.repeat(30)}`;
    expect(cleanText(cleanText(composed))).toBe(cleanText(composed));
  });

  test('lines stay lines, and one empty line is as good as many', () => {
    expect(cleanText('  a \t b  \r\n\r\n\r\n\r\n   at c\r  at d\u2028e ')).toBe('a b\n\nat c\nat d\ne');
  });

  test('a title is one line', () => {
    expect(cleanTitle(' a\n\n b ')).toBe('a b');
  });
});

const fragment = fc.oneof(
  fc.constantFrom(...noises, ...terms),
  fc.constantFrom(
    ' ',
    '\n',
    ':',
    '.',
    '-',
    '_',
    '/',
    '+',
    '#',
    '=',
    '@',
    '[',
    ']',
    'Z',
    'pid ',
    'request id: ',
    '0x',
    '?',
    '&utm_a=',
    'https://a.example/',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.stringMatching(/^[0-9a-fA-Z]{1,24}$/),
);
const text = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));

describe('laws', () => {
  test('cleaning a cleaned text changes nothing', () => {
    fc.assert(
      fc.property(text, (value) => {
        const once = cleanText(value);
        expect(cleanText(once)).toBe(once);
      }),
      { numRuns: 20_000 },
    );
  });

  test('a query is cleaned exactly as a document’s body is', () => {
    const tokenizer = { tokensMax: 256, encode: () => [], countTokens: (word: string) => word.length };
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(cleanText(value) !== '');
        const item = { title: '', text: value, isChunked: true };
        expect(cleanDocument(item, { tokenizer, onUnit: () => {} }).text).toBe(cleanQuery(value));
      }),
    );
  });

  test.each([
    'http://',
    '=http://a',
    'https://a/?x=',
    '10:',
    '2024-01-05T',
    'request id ',
    'eyJaaaaaaaa-',
    'ff:',
    '12345678-1234-',
    'A1b',
    'a/',
    '0x',
    ' ',
    '\n ',
    '\u0301',
    '\u200b',
  ])('two megabytes of %j are cleaned in a time that grows with the length only', (piece) => {
    // Quadratic work would be 10^12 steps and meet the time limit of the test.
    const cleaned = cleanText(piece.repeat(2 ** 21 / piece.length));
    expect(cleaned.length).toBeLessThanOrEqual(2 ** 21);
  });
});
