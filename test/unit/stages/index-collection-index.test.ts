import { expect, test } from 'vitest';
import { CollectionIndex } from '../../../src/stages/index/collection-index.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';

const at = (label: number) => Float32Array.of(Math.cos(label), Math.sin(label));
const slab = new VectorSlab(2);

function indexOf(exactMax: number): CollectionIndex {
  return new CollectionIndex({
    name: 'cases',
    number: 1,
    parameters: { dimensions: 2, m: 4, efConstruction: 10 },
    slab,
    exactMax,
    rebuild: { ratio: 0.2, tombstonesMin: 100 },
    read: (label) => at(label),
  });
}

function add(index: CollectionIndex, labels: readonly number[]): void {
  for (const label of labels) {
    index.add(label, at(label));
    index.settle(label, label * 10);
  }
}

function work(index: CollectionIndex): void {
  while (index.hasWork) index.step();
}

test('a deletion during a snapshot waits for the end of the writing', () => {
  const index = indexOf(0);
  add(index, [1, 2, 3]);
  work(index);
  index.lock();
  index.remove(2);
  expect([index.graph?.tombstones, index.tombstones, index.live]).toEqual([0, 1, 2]);
  expect(index.hasWork).toBe(false);
  index.unlock();
  expect([index.graph?.tombstones, index.tombstones, index.live]).toEqual([1, 1, 2]);
});

test('a vector moves only after its commit is on disk', () => {
  const index = indexOf(0);
  index.add(1, at(1));
  work(index);
  expect([index.graph, index.tailCount]).toEqual([null, 1]);
  index.settle(1, 10);
  work(index);
  expect([index.graph?.count, index.tailCount]).toEqual([1, 0]);
});

test('the oldest waiting change is that of the first vector not yet in the graph', () => {
  const index = indexOf(0);
  add(index, [1, 2, 3]);
  expect(index.oldestWaiting).toBe(10);
  index.step();
  expect(index.oldestWaiting).toBe(20);
  work(index);
  expect(index.oldestWaiting).toBe(Number.POSITIVE_INFINITY);
});

test('a collection gets a graph when it outgrows the exact scan, and not before', () => {
  const index = indexOf(3);
  add(index, [1, 2, 3]);
  expect([index.hasWork, index.pending, index.isExact]).toEqual([false, 0, true]);
  add(index, [4]);
  expect([index.hasWork, index.pending]).toEqual([true, 4]);
  work(index);
  expect([index.graph?.live, index.tailCount, index.pending]).toEqual([4, 0, 0]);
});
