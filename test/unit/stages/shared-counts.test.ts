import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedCounts } from '../../../src/stages/clean/shared-counts.ts';

test('no two documents are given the same memory, however many counts they have', () => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 70_000 })), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, (values) => {
      const room = sharedCounts();
      const given = values.map((size, i) => room(size).fill(i));
      for (const [i, counts] of given.entries()) {
        expect(counts.buffer).toBeInstanceOf(SharedArrayBuffer);
        expect(counts.length).toBe(values[i]);
        expect(counts.every((count) => count === i)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test('what crosses to another thread is the memory itself, not a copy', () => {
  const counts = sharedCounts()(3);
  const crossed = structuredClone(counts);
  counts.set([1, 2, 3]);
  expect([...crossed]).toEqual([1, 2, 3]);
});
