import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recencyFactor, withPrior } from '../../../src/ranking/prior.ts';

const dayMs = 86_400_000;
const weight = fc.double({ min: 0, max: 1, noNaN: true });
const ageMs = fc.integer({ min: -dayMs, max: 3_650 * dayMs });

test('a document of the half-life has half of its gain left', () => {
  expect(recencyFactor(30 * dayMs, { halfLifeMs: 30 * dayMs, weight: 0.4 })).toBeCloseTo(0.8, 12);
  expect(recencyFactor(0, { halfLifeMs: dayMs, weight: 0.4 })).toBe(1);
});

test('age takes away no more than the weight, and never gives', () => {
  fc.assert(
    fc.property(ageMs, ageMs, weight, (one, other, share) => {
      const [younger, older] = [Math.min(one, other), Math.max(one, other)];
      const factor = (age: number) => recencyFactor(age, { halfLifeMs: 30 * dayMs, weight: share });
      expect(factor(older)).toBeLessThanOrEqual(factor(younger));
      expect(factor(younger)).toBeLessThanOrEqual(1);
      expect(factor(older)).toBeGreaterThanOrEqual(1 - share - 1e-12);
    }),
  );
});

test('a boost raises every score that is not zero, and a malus lowers it', () => {
  const score = fc.double({ min: -1, max: 50, noNaN: true }).filter((value) => Math.abs(value) > 1e-6);
  fc.assert(
    fc.property(score, fc.double({ min: 1.01, max: 10, noNaN: true }), (value, factor) => {
      expect(withPrior(value, factor)).toBeGreaterThan(value);
      expect(withPrior(value, 1 / factor)).toBeLessThan(value);
    }),
  );
});
