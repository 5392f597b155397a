import { expect, test } from 'vitest';
import {
  averageLength,
  bm25,
  halfSaturation,
  idfOf,
  termScore,
  weighFields,
} from '../../../src/lexical/bm25.ts';
import { leadOf } from '../../../src/lexical/lead.ts';
import { placeWeight, rarityWeight } from '../../../src/lexical/term-weights.ts';

test('the weight of a term falls with its place and with the documents that hold it, and never to 0', () => {
  expect(placeWeight(0)).toBe(1);
  expect(rarityWeight(1000, 1)).toBe(1);
  for (let i = 1; i < 1000; i++) {
    expect(placeWeight(i)).toBeLessThan(placeWeight(i - 1));
    expect(rarityWeight(1000, i + 1)).toBeLessThan(rarityWeight(1000, i));
  }
  expect(placeWeight(1023)).toBeGreaterThan(0);
  expect(rarityWeight(1000, 1000)).toBeGreaterThan(0);
  expect(rarityWeight(0, 1)).toBe(1);
});

test('a term scores below its idf, more for each occurrence, and half of it at half saturation', () => {
  const average = averageLength({ documents: 2, titleTokens: 10, bodyTokens: 100 });
  expect(average).toBe(bm25.titleWeight * 5 + 50);
  const half = halfSaturation(average, average);
  expect(half).toBe(bm25.k1);
  expect(termScore(3, half, half)).toBeCloseTo(1.5);
  expect(termScore(3, 2, half)).toBeGreaterThan(termScore(3, 1, half));
  expect(termScore(3, 65_535, half)).toBeLessThan(3);
  expect(weighFields({ title: 1, body: 1 })).toBe(bm25.titleWeight + 1);
});

test('idf falls with the documents that hold the term and stays above 0, however late the counts are', () => {
  expect(idfOf(100, 1)).toBeGreaterThan(idfOf(100, 2));
  expect(idfOf(100, 100)).toBeGreaterThan(0);
  expect(idfOf(100, 105)).toBe(idfOf(100, 100));
});

test.each([
  ['The disk is full. It was not before.', 'The disk is full.'],
  ['Ubuntu 12.04 hangs? Yes.', 'Ubuntu 12.04 hangs?'],
  ['one line\nand another.', 'one line'],
  ['no end of it', 'no end of it'],
  ['ディスクがいっぱいです。再起動', 'ディスクがいっぱいです。'],
  ['x'.repeat(300), ''],
])('the lead of %j is %j', (text, lead) => {
  expect(leadOf(text)).toBe(lead);
});

test('a lead without an end stops between two words', () => {
  const lead = leadOf('word '.repeat(60));
  expect(lead).toBe('word '.repeat(40).trimEnd());
});
