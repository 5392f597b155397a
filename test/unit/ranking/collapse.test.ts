import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collapse } from '../../../src/ranking/collapse.ts';

const points = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
const similarityMin = fc.double({ min: 0.5, max: 1, noNaN: true });

function likeness(line: readonly number[]) {
  return (a: number, b: number) => 1 - Math.abs((line[a] ?? 0) - (line[b] ?? 0));
}

test('no two hits that stay are near-duplicates, and each that goes is one of the hit it went to', () => {
  fc.assert(
    fc.property(points, similarityMin, (line, min) => {
      const similarity = likeness(line);
      const { kept, duplicates } = collapse(line.length, { similarityMin: min, similarity, keptMax: 30 });
      for (const [i, a] of kept.entries()) {
        for (const b of kept.slice(i + 1)) expect(similarity(a, b)).toBeLessThan(min);
        for (const b of duplicates[i] ?? []) {
          expect(b).toBeGreaterThan(a);
          expect(similarity(a, b)).toBeGreaterThanOrEqual(min);
          for (const other of kept.filter((position) => position < b))
            expect(similarity(other, b)).toBeLessThanOrEqual(similarity(a, b));
        }
      }
      expect([...kept, ...duplicates.flat()].sort((a, b) => a - b)).toEqual([...line.keys()]);
    }),
  );
});

test('what the first hits become does not depend on how many follow', () => {
  fc.assert(
    fc.property(points, similarityMin, fc.nat(30), (line, min, cut) => {
      const options = { similarityMin: min, similarity: likeness(line), keptMax: 30 };
      const whole = collapse(line.length, options).kept;
      const first = Math.min(cut, line.length);
      expect(collapse(first, options).kept).toEqual(whole.filter((position) => position < first));
    }),
  );
});

test('with room for a few, the same ones are kept, and they know of every duplicate that is nearest to them', () => {
  fc.assert(
    fc.property(points, similarityMin, fc.integer({ min: 1, max: 5 }), (line, min, keptMax) => {
      const options = { similarityMin: min, similarity: likeness(line) };
      const whole = collapse(line.length, { ...options, keptMax: 30 });
      const few = collapse(line.length, { ...options, keptMax });
      expect(few.kept).toEqual(whole.kept.slice(0, keptMax));
      for (const [i, all] of few.duplicates.entries())
        expect(all).toEqual(expect.arrayContaining([...(whole.duplicates[i] ?? [])]));
    }),
  );
});
