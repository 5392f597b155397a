import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeQuery } from '../../../src/lexical/analyze-query.ts';
import { tokensIn } from '../../../src/lexical/tokens-in.ts';
import { bestPassage, snippetCharactersMax } from '../../../src/stages/index/best-passage.ts';

const termsOf = (text: string) => new Set(analyzeQuery(text).tokens.map(({ term }) => term));
const filler = 'lorem ipsum dolor sit amet '.repeat(40);

function passageOf(text: string, query: string, spans = [0, text.length], chunk = 0) {
  return bestPassage({ text, spans }, { chunk, terms: termsOf(query), tokensIn });
}

test('without terms a snippet is the beginning of the chunk, on one line, cut at a word', () => {
  const text = `first line\n\nsecond   line ${filler}`;
  const { snippet, highlights } = bestPassage(
    { text, spans: [0, text.length] },
    { chunk: 0, terms: new Set(), tokensIn },
  );
  expect(snippet).toMatch(/^first line second line lorem .*\w…$/);
  expect(snippet.length).toBeLessThanOrEqual(snippetCharactersMax + 1);
  expect(highlights).toEqual([]);
});

test('the passage with most of the terms is shown, not the first with one', () => {
  const text = `the vpn is mentioned ${filler} here the vpn tunnel drops its routes ${filler}`;
  const { snippet, highlights } = passageOf(text, 'vpn tunnel route');
  expect(snippet).toMatch(/^….*here the vpn tunnel drops its routes.*…$/);
  expect(highlights.map(({ start, end }) => snippet.slice(start, end))).toEqual(['vpn', 'tunnel', 'routes']);
});

test('the asked chunk is shown, unless another holds more of the terms', () => {
  const parts = ['a vpn here.', 'a vpn there.', 'a vpn and a tunnel.'];
  const text = parts.join('');
  const ends = parts.map((_, i) => parts.slice(0, i + 1).join('').length);
  const spans = ends.flatMap((end, i) => [ends[i - 1] ?? 0, end]);
  expect(passageOf(text, 'vpn', spans, 1).snippet).toBe('a vpn there.');
  expect(passageOf(text, 'vpn tunnel', spans, 1).snippet).toBe('a vpn and a tunnel.');
  expect(passageOf(text, 'printer', spans, 1)).toEqual({ snippet: 'a vpn there.', highlights: [] });
});

test('a word longer than a snippet is cut, and never in the middle of a character', () => {
  const { snippet } = passageOf(`${'😀'.repeat(500)} vpn`, 'printer');
  expect(snippet).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  expect(snippet.length).toBeLessThanOrEqual(snippetCharactersMax + 1);
});

test('whatever the text, every mark is a word with an asked term, and the snippet is of bounded length', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'vpn',
      'tunnels',
      'ERR_NGX_502',
      'Straße',
      '検索する',
      '10.0.0.1',
      'x'.repeat(300),
      '😀😀',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
  );
  const text = fc.array(word, { maxLength: 120 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(
      text,
      fc.subarray(['vpn', 'tunnel', 'ERR_NGX_502', 'strasse', '検索する', '10.0.0.1']),
      (text, asked) => {
        const terms = termsOf(asked.join(' '));
        const { snippet, highlights } = bestPassage(
          { text, spans: [0, text.length] },
          { chunk: 0, terms, tokensIn },
        );
        expect(snippet.length).toBeLessThanOrEqual(snippetCharactersMax + 2);
        let last = 0;
        for (const { start, end } of highlights) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(snippet.length);
          expect(start).toBeGreaterThanOrEqual(last);
          last = start;
          const marked = snippet.slice(start, end);
          const held = tokensIn(marked).flatMap((token) => token.terms);
          expect(held.some((term) => terms.has(term)) || /[/\\~]/.test(snippet[start - 1] ?? '')).toBe(true);
        }
      },
    ),
  );
});
