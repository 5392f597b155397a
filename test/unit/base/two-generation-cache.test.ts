import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TwoGenerationCache } from '../../../src/base/two-generation-cache.ts';

test('the cache never holds more than its maximum, and always the half that was used last', () => {
  const steps = fc.array(fc.record({ isWrite: fc.boolean(), key: fc.nat(30) }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 20 }), (sequence, entriesMax) => {
      const cache = new TwoGenerationCache<number, string>(entriesMax);
      let usedLast: number[] = [];
      for (const { isWrite, key } of sequence) {
        if (isWrite) cache.set(key, `value ${key}`);
        const isKnown = cache.get(key) !== undefined;
        if (isWrite) expect(isKnown).toBe(true);
        if (isKnown) usedLast = [key, ...usedLast.filter((other) => other !== key)];
        expect(cache.size).toBeLessThanOrEqual(entriesMax + 1);
      }
      for (const key of usedLast.slice(0, Math.floor(entriesMax / 2))) {
        expect(cache.get(key)).toBe(`value ${key}`);
      }
    }),
  );
});
