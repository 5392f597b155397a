import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minilmTokenizerFile } from '../../../src/embedding/minilm/minilm-files.ts';
import { loadMiniLmTokenizer } from '../../../src/embedding/minilm/minilm-tokenizer.ts';

const tokenizer = loadMiniLmTokenizer();
const reference = new Tokenizer(
  { ...JSON.parse(readFileSync(minilmTokenizerFile.path, 'utf8')), truncation: null, padding: null },
  {},
);

describe('the tokenizer of the default model', () => {
  test('a text between 128 and 256 tokens is neither cut nor padded', () => {
    const ids = tokenizer.encode('error '.repeat(200));
    expect(ids).toHaveLength(202);
    expect(ids.at(0)).toBe(101);
    expect(ids.at(-1)).toBe(102);
    expect(new Set(ids.slice(1, -1)).size).toBe(1);
    expect(ids).not.toContain(0);
  });

  test('a longer text is cut to 256 tokens that still end with the end token', () => {
    const ids = tokenizer.encode('error '.repeat(400));
    expect(ids).toHaveLength(tokenizer.tokensMax);
    expect(tokenizer.tokensMax).toBe(256);
    expect(ids.at(-1)).toBe(102);
    expect(tokenizer.countTokens('error '.repeat(400))).toBe(400);
  });

  test('a short text has the ids of the published vocabulary', () => {
    expect(tokenizer.encode('Hello, world!')).toEqual([101, 7592, 1010, 2088, 999, 102]);
    expect(tokenizer.countTokens('Hello, world!')).toBe(4);
    expect(tokenizer.encode('')).toEqual([101, 102]);
  });

  test('tokenising word by word gives what tokenising the whole text gives', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        'ERR_CONN_RESET',
        'v2.3.1',
        'Ünïcödé',
        'ΟΔΟΣ',
        '数据库',
        '[SEP]',
        '\u00a0',
        '\ufeff',
        '́',
        "don't",
      ),
    );
    const blank = fc.constantFrom(' ', '\n', '\t', '\r\n', '  ');
    const text = fc.array(fc.tuple(word, blank), { maxLength: 20 }).map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(text, (sample) => {
        const { ids } = reference.encode(sample);
        expect(tokenizer.countTokens(sample)).toBe(ids.length - 2);
        if (ids.length <= 256) expect(tokenizer.encode(sample)).toEqual(ids);
      }),
      { numRuns: 500 },
    );
  });
});
