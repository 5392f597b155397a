import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figure } from '../../../native-bench/report/figure.ts';
import { powerLaw, quantile } from '../../../native-bench/report/statistics.ts';

describe('powerLaw', () => {
  it('finds the law that the points were made by', () => {
    const factor = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const exponent = fc.double({ min: -2, max: 3, noNaN: true });
    const xs = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(factor, exponent, xs, (madeFactor, madeExponent, sizes) => {
        const law = powerLaw(sizes.map((x) => ({ x, y: madeFactor * x ** madeExponent })));
        expect(law.exponent).toBeCloseTo(madeExponent, 3);
        // Two sizes that are nearly equal leave the factor to the last digits of their logarithms.
        expect(Math.abs(Math.log(law.factor / madeFactor))).toBeLessThan(0.05);
      }),
    );
  });

  it('refuses points that have no logarithm, and a single size', () => {
    expect(() => powerLaw([{ x: 1, y: 0 }])).toThrow(/positive/);
    const same = { x: 10, y: 3 };
    expect(() => powerLaw([same, same])).toThrow(/two different/);
  });
});

describe('quantile', () => {
  it('is a sample that no fewer than the share of the samples reach or stay below', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (samples, share) => {
          const value = quantile(samples, share);
          expect(samples).toContain(value);
          const below = samples.filter((sample) => sample <= value).length;
          expect(below).toBeGreaterThanOrEqual(Math.min(samples.length, share * samples.length));
        },
      ),
    );
  });
});

describe('figure', () => {
  it('holds where its value meets the target, and has no verdict without one', () => {
    expect(figure('a', 0.85, 'ratio', '>= 0.85').holds).toBe(true);
    expect(figure('a', 0.84, 'ratio', '>= 0.85').holds).toBe(false);
    expect(figure('a', 10, 'ms', '< 10').holds).toBe(false);
    expect(figure('a', 3, 'ratio', '<= 3').holds).toBe(true);
    expect(figure('a', 3, 'ratio').holds).toBeNull();
  });

  it('that could not be measured holds no target', () => {
    expect(figure('a', Number.NaN, 'ratio', '>= 0.85').holds).toBe(false);
    expect(figure('a', Number.NaN, 'ms', '< 10').holds).toBe(false);
  });

  it('refuses a target that it cannot read', () => {
    expect(() => figure('a', 1, '', '=> 1')).toThrow(/target/);
    expect(() => figure('a', 1, '', '0.85')).toThrow(/target/);
  });
});
