import { expect, test } from 'vitest';
import { idfOf } from '../../../../src/lexical/bm25.ts';
import { rarityWeight } from '../../../../src/lexical/term-weights.ts';
import { planWords, type QueryPiece } from '../../../../src/pipeline/search/lexical-plan.ts';

const statistics = { documents: 1_000, titleTokens: 5_000, bodyTokens: 90_000 };

/** What a term of weight 1 tells. */
function gainOf(documentFrequency: number): number {
  const { documents } = statistics;
  return rarityWeight(documents, documentFrequency) * idfOf(documents, documentFrequency);
}

function piece(term: string, more: Partial<QueryPiece> = {}): QueryPiece {
  return { term, surface: term, kind: 'word', weight: 1, group: 0, ...more };
}

test('a word that no document holds counts as the rarest there can be', () => {
  const pieces = [piece('known'), piece('unknown', { group: 1 })];
  const { lexical, evidence } = planWords(pieces, statistics, new Map([['known', 100]]));
  expect(evidence.information).toBeCloseTo(gainOf(100) + gainOf(1), 12);
  expect(lexical?.terms.map(({ documentFrequency }) => documentFrequency)).toEqual([1, 100]);
});

test('without a word that a document holds there is nothing to ask, and still something known of the query', () => {
  const { lexical, evidence, marked } = planWords([piece('unknown')], statistics, new Map([['unknown', 0]]));
  expect(lexical).toBeNull();
  expect(marked).toEqual([]);
  expect(evidence).toMatchObject({ terms: 1, identifiers: 0 });
});

test('a group counts once, with the term that says most', () => {
  const pieces = [piece('k8s'), piece('kubernet', { kind: 'synonym', weight: 0.3 })];
  const frequencies = new Map([
    ['k8s', 5],
    ['kubernet', 50],
  ]);
  const { evidence } = planWords(pieces, statistics, frequencies);
  expect(evidence.terms).toBe(1);
  expect(evidence.information).toBeCloseTo(gainOf(5), 12);
  expect(evidence.lexicalScoreMax).toBeCloseTo(gainOf(5) + 0.3 * gainOf(50), 12);
});

test('of a text of a thousand words the rarest are looked for, as many as a shard takes', () => {
  const pieces = Array.from({ length: 1_000 }, (_, i) => piece(`word${i}`, { group: i }));
  const frequencies = new Map(pieces.map(({ term }, i) => [term, 1 + ((i * 7) % 1_000)]));
  const { lexical, terms, marked } = planWords(pieces, statistics, frequencies);
  const asked = lexical?.terms.map(({ documentFrequency }) => documentFrequency) ?? [];
  expect(asked).toEqual(Array.from({ length: 256 }, (_, i) => 1 + i));
  expect(marked).toHaveLength(64);
  expect(terms).toHaveLength(1_000);
});

test('identifiers that documents hold are evidence', () => {
  const pieces = [
    piece('err_1', { kind: 'identifier' }),
    piece('err_2', { kind: 'identifier', group: 1 }),
    piece('err', { kind: 'part', weight: 0.5, group: 2 }),
  ];
  const { evidence } = planWords(pieces, statistics, new Map([['err_1', 4]]));
  expect(evidence).toMatchObject({ terms: 3, identifiers: 1 });
});
