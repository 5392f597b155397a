import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LexicalIndex } from '../../../src/lexical/lexical-index.ts';
import { SpellingBudget } from '../../../src/lexical/spelling-budget.ts';

/** Optimal string alignment by its definition. */
function distanceBetween(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (rows[i] as number[])[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        isSwapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(a.length, b.length);
}

function indexOf(documents: readonly (readonly string[])[], sealedEvery: number): LexicalIndex {
  const index = new LexicalIndex();
  for (const [label, words] of documents.entries()) {
    const terms = [...new Set(words)];
    const counts = new Uint16Array(2 * terms.length).fill(1);
    const text = { terms: terms.join('\n'), counts, titleLength: terms.length, bodyLength: terms.length };
    index.add({ label, labelCount: 1, sequence: label, text });
    if (label % sealedEvery !== 0) continue;
    index.sealForSnapshot();
    while (index.step());
  }
  return index;
}

function suggested(index: LexicalIndex, term: string, limit: number) {
  return index.suggest(term, limit, new SpellingBudget(() => undefined));
}

test('a correction is any word of letters with the same first one that is near enough, most frequent first', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', 'e', 'é', 'ж', '1'),
    minLength: 1,
    maxLength: 11,
  });
  const documents = fc.array(fc.array(word, { maxLength: 12 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(documents, word, fc.integer({ min: 1, max: 13 }), (written, asked, sealedEvery) => {
      const index = indexOf(written, sealedEvery);
      const frequencies = new Map<string, number>();
      for (const words of written) {
        for (const term of new Set(words)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
      }
      const isWord = (term: string) => !term.includes('1');
      const expected = [...frequencies]
        .map(([term, documentFrequency]) => {
          return { term, documentFrequency, distance: distanceBetween(term, asked) };
        })
        .filter(({ term, distance }) => {
          const isNear = distance > 0 && distance <= (asked.length >= 8 ? 2 : 1);
          return isNear && isWord(term) && isWord(asked) && term[0] === asked[0];
        })
        .sort(
          (a, b) =>
            b.documentFrequency - a.documentFrequency ||
            a.distance - b.distance ||
            (a.term < b.term ? -1 : 1),
        );
      expect(suggested(index, asked, 1_000)).toEqual(expected);
      expect(suggested(index, asked, 2)).toEqual(expected.slice(0, 2));
    }),
    { numRuns: 500 },
  );
});

test('neighbours that were swapped are one edit, and a long word may be two edits off', () => {
  const index = indexOf([['printer', 'certificate', 'certify'], ['printer']], 1);
  expect(suggested(index, 'pritner', 5)).toEqual([{ term: 'printer', documentFrequency: 2, distance: 1 }]);
  expect(suggested(index, 'pirtner', 5)).toEqual([]);
  expect(suggested(index, 'certifcat', 5)).toEqual([
    { term: 'certificate', documentFrequency: 1, distance: 2 },
  ]);
  expect(suggested(index, 'sertificate', 5)).toEqual([]);
});

/** All words of four of the letters behind a first `p`, six at a time: what a large index has of one first letter. */
function manyAlike(): string[][] {
  const letters = [...'abcdefghijklmnopqrst'];
  const heads = letters.flatMap((a) => letters.map((b) => `p${a}${b}`));
  return heads.map((head) => letters.flatMap((c) => letters.slice(0, 5).map((d) => `${head}${c}${d}xyz`)));
}

test('of a sorted source, few of the terms that begin like the word are looked at', () => {
  const documents = manyAlike();
  const terms = documents.reduce((sum, words) => sum + words.length, 0);
  const index = indexOf([...documents, ['printer']], documents.length);
  index.sealForSnapshot();
  while (index.step());
  const budget = new SpellingBudget(() => undefined);
  expect(index.suggest('pritner', 5, budget).map(({ term }) => term)).toEqual(['printer']);
  expect(terms).toBe(40_000);
  expect(budget.spent).toBeLessThan(2_000);
});

test('a word, and all words of a question, look at so many terms and no more, and give way meanwhile', () => {
  // Never sealed: a memtable has its terms in no order.
  const index = indexOf(manyAlike(), Number.POSITIVE_INFINITY);
  let waited = 0;
  const budget = new SpellingBudget(() => waited++);
  let before = 0;
  for (let word = 0; word < 32; word++) {
    budget.startWord();
    index.suggest('pqrabxyz', 5, budget);
    expect(budget.spent - before).toBeLessThanOrEqual(20_000);
    before = budget.spent;
  }
  expect(budget.spent).toBeLessThanOrEqual(200_000 + 32);
  expect(waited).toBe(Math.floor(budget.spent / 500));
});
