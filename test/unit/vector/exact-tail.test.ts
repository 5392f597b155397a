import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactTail } from '../../../src/vector/exact-tail.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';
import { randomFrom, unitVector } from '../../support/random.ts';

/** In the accuracy of the store: the kernel's sums differ from these in the seventh digit. */
function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

test('tails that share a slab each find exactly what they hold, whatever came and went', () => {
  const step = fc.record({
    type: fc.constantFrom('add' as const, 'add' as const, 'remove' as const),
    tail: fc.nat({ max: 2 }),
    pick: fc.integer({ min: 1, max: 120 }),
  });
  const options = {
    dimensions: fc.constantFrom(1, 6, 16, 33),
    steps: fc.array(step, { maxLength: 30 }),
    seed: fc.nat(),
  };
  fc.assert(
    fc.property(fc.record(options), ({ dimensions, steps, seed }) => {
      const random = randomFrom(seed);
      const slab = new VectorSlab(dimensions);
      const tails = [0, 1, 2].map(() => ({
        tail: new ExactTail(slab),
        held: new Map<number, Float32Array>(),
      }));
      let next = 1;
      for (const { type, tail: number, pick } of steps) {
        const { tail, held } = tails[number] as (typeof tails)[0];
        for (let i = 0; i < pick; i++) {
          if (type === 'add') {
            const vector = unitVector(random, dimensions);
            held.set(next, vector);
            // From the middle of a larger array, as batches come.
            tail.add(next, Float32Array.from([9, ...vector, 9]), 1);
            next++;
          } else {
            const label = [...held.keys()][Math.floor(random() * held.size)];
            if (label === undefined) continue;
            held.delete(label);
            expect(tail.remove(label)).toBe(true);
            expect([tail.remove(label), tail.has(label), tail.read(label)]).toEqual([false, false, null]);
          }
        }
      }
      const query = unitVector(random, dimensions);
      for (const { tail, held } of tails) {
        expect(tail.count).toBe(held.size);
        for (const [label, vector] of held) expect(tail.read(label)).toEqual(vector);
        const truth = [...held].map(([label, vector]) => ({ label, cosine: dot(vector, query) }));
        truth.sort((a, b) => b.cosine - a.cosine);
        for (const k of [1, 5, 1_000]) {
          const found = tail.scan(query, k);
          expect(found.length).toBe(Math.min(k, held.size));
          for (const [i, { label, cosine }] of found.entries()) {
            expect(cosine).toBeCloseTo(truth[i]?.cosine ?? 2, 5);
            expect(cosine).toBeCloseTo(dot(held.get(label) as Float32Array, query), 5);
          }
          expect(new Set(found.map(({ label }) => label)).size).toBe(found.length);
        }
      }
    }),
  );
});

test('a large tail outgrows its first memory and keeps what it has', () => {
  const slab = new VectorSlab(384);
  const tail = new ExactTail(slab);
  const random = randomFrom(3);
  const vectors = Array.from({ length: 9_000 }, () => unitVector(random, 384));
  for (const [i, vector] of vectors.entries()) tail.add(i, vector);
  for (const label of [0, 31, 32, 4_500, 8_999]) {
    const [hit] = tail.scan(vectors[label] as Float32Array, 3);
    expect([hit?.label, hit?.cosine]).toEqual([label, expect.closeTo(1, 5)]);
  }
});

test('a label enters once', () => {
  const tail = new ExactTail(new VectorSlab(2));
  tail.add(1, Float32Array.of(1, 0));
  expect(() => tail.add(1, Float32Array.of(0, 1))).toThrow(/assertion/);
});

test('a query of a wrong length, or with a value that is no number, is refused', () => {
  const tail = new ExactTail(new VectorSlab(2));
  for (const [vector, code] of [
    [[1], 'dimension_mismatch'],
    [[1, Number.NaN], 'invalid_argument'],
    [[1, Number.NEGATIVE_INFINITY], 'invalid_argument'],
  ] as const) {
    expect(() => tail.scan(Float32Array.from(vector), 1)).toThrowError(expect.objectContaining({ code }));
  }
});
