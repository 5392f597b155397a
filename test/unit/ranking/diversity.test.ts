import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diversify } from '../../../src/ranking/diversity.ts';

/** Hits as points on a line: the nearer, the more alike. */
const scene = fc
  .array(
    fc.record({
      score: fc.double({ min: -5, max: 5, noNaN: true }),
      point: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 24 },
  )
  .map((hits) => hits.sort((a, b) => b.score - a.score));
type Scene = { readonly score: number; readonly point: number }[];

function likeness(hits: Scene) {
  return (a: number, b: number) => 1 - Math.abs((hits[a]?.point ?? 0) - (hits[b]?.point ?? 0));
}

function order(hits: Scene, lambda: number, fixed = 0): number[] {
  const scores = hits.map(({ score }) => score);
  return diversify(scores, { lambda, fixed, similarity: likeness(hits) });
}

test('what is no number is an error, not a search without end', () => {
  const options = { lambda: 0.5, fixed: 0, similarity: () => Number.NaN };
  expect(() => diversify([3, 2, 1], options)).toThrow('finite');
  expect(() => diversify([Number.POSITIVE_INFINITY, 1], { ...options, similarity: () => 0 })).toThrow(
    'finite',
  );
});

test('every hit is still there, once', () => {
  fc.assert(
    fc.property(scene, fc.double({ min: 0, max: 1, noNaN: true }), (hits, lambda) => {
      expect(order(hits, lambda).sort((a, b) => a - b)).toEqual([...hits.keys()]);
    }),
  );
});

test('relevance alone keeps the order', () => {
  fc.assert(
    fc.property(scene, (hits) => {
      expect(order(hits, 1)).toEqual([...hits.keys()]);
    }),
  );
});

test('each place goes to the best of those that are left, as its definition says', () => {
  fc.assert(
    fc.property(scene, fc.double({ min: 0, max: 1, noNaN: true }), (hits, lambda) => {
      const highest = hits[0]?.score ?? 0;
      const span = highest - (hits.at(-1)?.score ?? 0);
      const relevance = (i: number) => (span > 0 ? 1 - (highest - (hits[i]?.score ?? 0)) / span : 1);
      const similarity = likeness(hits);
      const picked: number[] = [];
      for (const next of order(hits, lambda)) {
        const value = (i: number) => {
          const nearest = Math.max(-1, ...picked.map((other) => similarity(other, i)));
          return lambda * relevance(i) - (1 - lambda) * nearest;
        };
        const left = [...hits.keys()].filter((i) => !picked.includes(i));
        expect(value(next)).toBe(Math.max(...left.map(value)));
        picked.push(next);
      }
    }),
  );
});

test('the scale and zero of the scores do not matter', () => {
  const hits: Scene = [0.9, 0.8, 0.7, 0.2].map((score, i) => ({ score, point: i === 1 ? 0 : i / 3 }));
  const scaled = hits.map(({ score, point }) => ({ score: score / 64 - 2, point }));
  expect(order(scaled, 0.5)).toEqual(order(hits, 0.5));
  expect(order(hits, 0.5)).not.toEqual([0, 1, 2, 3]);
});

test('hits that are fixed stay on top, and what follows differs from them', () => {
  const hits: Scene = [1, 1, 0.9, 0.9].map((score, i) => ({ score, point: [0, 0, 0, 1][i] ?? 0 }));
  expect(order(hits, 0.5, 2)).toEqual([0, 1, 3, 2]);
});
