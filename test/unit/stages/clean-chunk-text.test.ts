import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelTokenizer } from '../../../src/embedding/embedding-provider.ts';
import { loadMiniLmTokenizer } from '../../../src/embedding/minilm/minilm-tokenizer.ts';
import { chunkText } from '../../../src/stages/clean/chunk-text.ts';
import type { Chunk } from '../../../src/stages/clean/clean-messages.ts';
import { cleanText } from '../../../src/stages/clean/clean-text.ts';

const tokenizer = loadMiniLmTokenizer();

function checkLaws(text: string, chunks: readonly Chunk[]): void {
  let coveredTo = 0;
  for (const [index, { start, end, embedText }] of chunks.entries()) {
    expect(text.slice(coveredTo, start).trim(), `gap before chunk ${index}`).toBe('');
    expect(end, `chunk ${index} brings something new`).toBeGreaterThan(coveredTo);
    expect(tokenizer.countTokens(embedText)).toBeLessThanOrEqual(254);
    expect(embedText).not.toMatch(/\p{Surrogate}/u);
    expect(withoutBlanks(embedText).endsWith(withoutBlanks(text.slice(start, end)))).toBe(true);
    coveredTo = end;
  }
  expect(text.slice(coveredTo).trim()).toBe('');
}

function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, '');
}

function log(lines: number): string {
  const line = (i: number) =>
    `Line ${i} says that com.acme.Service${i}.run failed with ERR_${i}_X. It was bad.`;
  return Array.from({ length: lines }, (_, i) => line(i)).join('\n');
}

const word = fc.oneof(
  fc.stringMatching(/^[a-zA-Z]{1,12}$/),
  fc.constantFrom(
    'ERR_NGX_502',
    '/var/log/app/error.log',
    'com.acme.Foo.bar(Foo.java:123)',
    '한국어',
    '漢字仮名',
    '😀😀',
    'e\u0301',
    'ﷺ',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom('a', 'Q', '7', '漢', '한', '😀', '-', '.'),
    minLength: 90,
    maxLength: 1_200,
  }),
);
const gap = fc.constantFrom(' ', ' ', ' ', '. ', '\n', '\n\n');
const text = fc
  .array(fc.tuple(word, gap), { minLength: 1, maxLength: 250 })
  .map((parts) => cleanText(parts.flat().join('')))
  // An empty text is refused before it is chunked.
  .filter((value) => value !== '');

describe('laws', () => {
  test('every visible character is in a chunk, and the model reads every chunk whole', () => {
    fc.assert(
      fc.property(text, fc.nat(400), (value, titleLength) => {
        checkLaws(value, chunkText(value, { tokenizer, titleLength }));
      }),
      { numRuns: 400 },
    );
  });

  test('no character gives more tokens than the short cut for short texts allows', () => {
    for (let code = 0x80; code < 0x30000; code++) {
      const cleaned = cleanText(`a${String.fromCodePoint(code)}a`);
      if (tokenizer.countTokens(cleaned) > 3 * cleaned.length) expect.fail(`U+${code.toString(16)}`);
    }
  });
});

describe('chunks', () => {
  test('a short text is one chunk, and is not tokenised', () => {
    const untouchable: ModelTokenizer = {
      tokensMax: 256,
      encode: () => expect.fail('encode was called'),
      countTokens: () => expect.fail('countTokens was called'),
    };
    const value = 'Disk full\nNode app01 reports ERR_NGX_502';
    expect(chunkText(value, { tokenizer: untouchable, titleLength: 9 })).toEqual([
      { start: 0, end: value.length, embedText: value },
    ]);
  });

  test('each chunk starts with the title and repeats the end of the one before', () => {
    const value = `Disk full on node7\n${log(60)}`;
    const chunks = chunkText(value, { tokenizer, titleLength: 18 });
    checkLaws(value, chunks);
    expect(chunks.length).toBeGreaterThan(5);
    for (const [index, chunk] of chunks.entries()) {
      expect(chunk.embedText.startsWith('Disk full on node7\n')).toBe(true);
      const before = chunks[index - 1];
      if (before === undefined) continue;
      const overlap = tokenizer.countTokens(value.slice(chunk.start, before.end));
      expect(overlap).toBeGreaterThanOrEqual(16);
      expect(overlap).toBeLessThanOrEqual(48);
    }
  });

  test('a cut falls on the end of a line, where there is one', () => {
    const value = log(60);
    for (const { start, end } of chunkText(value, { tokenizer, titleLength: 0 })) {
      expect([undefined, '\n']).toContain(value[start - 1]);
      expect([undefined, '\n']).toContain(value[end]);
    }
  });

  test('the end of a paragraph is preferred to the end of a line', () => {
    const value = `${log(6)}\n\n${log(20)}`;
    const [first] = chunkText(value, { tokenizer, titleLength: 0 });
    expect(value.slice(first?.end).startsWith('\n\n')).toBe(true);
  });

  test('a path is never cut when a chunk can hold it', () => {
    const path = `/srv/${Array.from({ length: 20 }, (_, i) => `part-${i}`).join('/')}/core.dump`;
    const value = Array.from({ length: 40 }, (_, i) => `${path}.${i}`).join(' ');
    for (const { start, end } of chunkText(value, { tokenizer, titleLength: 0 })) {
      expect([undefined, ' ']).toContain(value[start - 1]);
      expect([undefined, ' ']).toContain(value[end]);
    }
  });

  test('a long title takes its share and no more, and is itself covered', () => {
    const title = Array.from({ length: 400 }, (_, i) => `title${i}`).join(' ');
    const value = `${title}\n${log(30)}`;
    const chunks = chunkText(value, { tokenizer, titleLength: title.length });
    checkLaws(value, chunks);
    const last = chunks.at(-1);
    expect(last?.embedText.startsWith('title0 title1 ')).toBe(true);
    expect(last?.embedText).not.toContain('title399');
  });

  test.each(['a', 'Q7', '漢', '한', '😀', 'a.b,', '\u0301'])(
    'a giant unbroken text of %j is split, read in pieces, and costs linear work',
    (piece) => {
      const value = piece.repeat(2 ** 20 / piece.length);
      let characters = 0;
      const counting: ModelTokenizer = {
        ...tokenizer,
        tokensMax: 256,
        encode: (part) => tokenizer.encode(part),
        countTokens: (part) => {
          characters += part.length;
          return tokenizer.countTokens(part);
        },
      };
      const chunks = chunkText(value, { tokenizer: counting, titleLength: 0 });
      expect(characters).toBeLessThanOrEqual(value.length);
      expect(chunks.length).toBeGreaterThan(100);
      expect(chunks.length).toBeLessThan((3 * value.length) / 75);
      checkLaws(value, chunks);
    },
  );
});
