import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabelBlocks } from '../../../src/stages/index/selection-blocks.ts';
import { rowOf } from '../../../src/storage/attribute-row.ts';

/** Around the borders of blocks and words, and at the end of what a label can be. */
const label = fc.oneof(
  fc.nat({ max: 200 }),
  fc.integer({ min: 4_000, max: 4_200 }),
  fc.constantFrom(0, 31, 32, 4_095, 4_096, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
);
const labels = fc.array(label, { maxLength: 80 });

function blocksOf(values: readonly number[]): LabelBlocks {
  const blocks = new LabelBlocks();
  for (const value of values) blocks.add(value);
  return blocks;
}

const sorted = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b);

test('sets of labels do what sets of numbers do', () => {
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      const [left, right] = [blocksOf(a), blocksOf(b)];
      const [setA, setB] = [new Set(a), new Set(b)];
      const inBoth = sorted(a.filter((value) => setB.has(value)));
      expect([...left.labels()]).toEqual(sorted(a));
      expect([...left.and(right).labels()]).toEqual(inBoth);
      expect([...left.or(right).labels()]).toEqual(sorted([...a, ...b]));
      expect([...left.andNot(right).labels()]).toEqual(sorted(a.filter((value) => !setB.has(value))));
      expect(left.count).toBe(setA.size);
      expect(left.countIn(right)).toBe(inBoth.length);
      for (const value of b) expect(left.has(value)).toBe(setA.has(value));
      // None of it has changed the two.
      expect([...left.labels()]).toEqual(sorted(a));
      expect([...right.labels()]).toEqual(sorted(b));
    }),
  );
});

test('the largest label up to another one is found over any gap that documents leave', () => {
  const near = fc.array(fc.nat({ max: 20_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(near, fc.nat({ max: 20_000 }), (values, wanted) => {
      const below = sorted(values).filter((value) => value <= wanted);
      expect(blocksOf(values).upTo(wanted)).toBe(below.at(-1) ?? null);
    }),
  );
});

test('where no label is below, none is looked for block by block', () => {
  const blocks = blocksOf([2 ** 32 - 1]);
  // A million blocks lie below each: walking through them all would take some minutes.
  const found = Array.from({ length: 20_000 }, (_, i) => blocks.upTo(2 ** 32 - 2 - i));
  expect(found.every((label) => label === null)).toBe(true);
  blocks.add(7);
  expect(blocks.upTo(2 ** 32 - 2)).toBe(7);
  blocks.addRow(1_000, Buffer.from([5, 0]));
  expect(blocks.upTo(2 ** 32 - 2)).toBe(1_000 * 4_096 + 5);
  expect(blocks.upTo(6)).toBeNull();
});

test('a sample has one label of each so many', () => {
  fc.assert(
    fc.property(labels, fc.integer({ min: 1, max: 50 }), (values, stride) => {
      const expected = sorted(values).filter((_, i) => (i + 1) % stride === 0);
      expect([...blocksOf(values).everyNth(stride)]).toEqual(expected);
    }),
  );
});

test('a row on disk counts as its labels do', () => {
  const few = fc.uniqueArray(fc.nat({ max: 4_095 }), { maxLength: 20 });
  const many = fc.uniqueArray(fc.nat({ max: 4_095 }), { minLength: 256, maxLength: 400 });
  fc.assert(
    fc.property(fc.oneof(few, many), fc.oneof(few, many), (values, others) => {
      const words = new Uint32Array(128);
      for (const value of values) words[value >>> 5] = (words[value >>> 5] as number) | (1 << (value & 31));
      const row = rowOf(words);
      expect(row?.length ?? 0).toBe(values.length > 255 ? 512 : values.length * 2);
      if (row === null) return;
      const read = new LabelBlocks();
      read.addRow(3, row);
      expect([...read.labels()]).toEqual(sorted(values.map((value) => 3 * 4_096 + value)));
      const wanted = new Set(values);
      const other = blocksOf(others.map((value) => 3 * 4_096 + value));
      expect(other.countRow(3, row)).toBe(others.filter((value) => wanted.has(value)).length);
      expect(other.countRow(2, row)).toBe(0);
    }),
    { numRuns: 60 },
  );
});
