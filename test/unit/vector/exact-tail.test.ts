import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactTail } from '../../../src/vector/exact-tail.ts';
import { randomFrom, unitVector } from '../../support/random.ts';

const dimensions = 6;

test('a tail finds exactly what has not died, however it was filled, emptied and compacted', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('add' as const), pick: fc.integer({ min: 1, max: 150 }) }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('die' as const), pick: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('move' as const), pick: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('compact' as const), pick: fc.integer({ min: 1, max: 90 }) }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
      const random = randomFrom(seed);
      const tail = new ExactTail(dimensions);
      const residents = new Map<number, readonly number[]>();
      const moved = new Map<number, readonly number[]>();
      let next = 1;
      for (const { type, pick } of steps) {
        if (type === 'add') {
          for (let i = 0; i < pick; i++) {
            const vector = [...unitVector(random, dimensions)];
            residents.set(next, vector);
            tail.add(next, vector);
            next++;
          }
        } else if (type === 'compact') {
          for (let i = 0; i < pick && tail.needsCompaction; i++)
            tail.compactOne((label) => residents.get(label) ?? null);
        } else {
          // Half of them at once, so that whole segments go.
          for (const label of [...residents.keys()].filter((label) => (label * 7 + pick) % 2 === 0)) {
            if (type === 'die') expect(tail.markDead(label)).toBe(true);
            else {
              tail.markMoved(label);
              moved.set(label, residents.get(label) as readonly number[]);
            }
            residents.delete(label);
          }
        }
        expect(tail.count).toBe(residents.size);
      }
      const query = [...unitVector(random, dimensions)];
      const cosine = (vector: readonly number[]) =>
        vector.reduce((sum, value, i) => sum + value * (query[i] as number), 0);
      const best = [...residents].sort((a, b) => cosine(b[1]) - cosine(a[1])).map(([label]) => label);
      // Those that moved may still show: they are alive, elsewhere. Asking for all of them too leaves the rest exact.
      const found = tail.scan(query, residents.size + moved.size + 1).map(({ label }) => label);
      expect(found.filter((label) => !moved.has(label))).toEqual(best);
      const top = tail.scan(query, 5).map(({ label }) => label);
      expect(new Set(top).size).toBe(top.length);
      expect(top.length).toBeGreaterThanOrEqual(Math.min(5, residents.size));
    }),
  );
});

test('a tail that everything has left holds no memory', () => {
  const tail = new ExactTail(2);
  for (let label = 1; label <= 500; label++) tail.add(label, [1, 0]);
  for (let label = 1; label <= 500; label++) tail.markMoved(label);
  expect(tail.count).toBe(0);
  expect(tail.scan([1, 0], 10)).toEqual([]);
});

test('neither a wrong length nor a value that is no number reaches native code', () => {
  const tail = new ExactTail(2);
  for (const [vector, code] of [
    [[1], 'dimension_mismatch'],
    [[1, Number.NaN], 'invalid_argument'],
    [[1, undefined as unknown as number], 'invalid_argument'],
    [new Array<number>(2), 'invalid_argument'],
  ] as const) {
    expect(() => tail.add(1, vector)).toThrowError(expect.objectContaining({ code }));
  }
  tail.add(1, [1, 0]);
  expect(() => tail.scan([Number.POSITIVE_INFINITY, 0], 1)).toThrowError(
    expect.objectContaining({ code: 'invalid_argument' }),
  );
});
