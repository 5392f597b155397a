import { afterAll, expect, test } from 'vitest';
import { CollectionIndex } from '../../../src/stages/index/collection-index.ts';
import { GraphInserter } from '../../../src/vector/graph-inserter.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';

const at = (label: number) => Float32Array.of(Math.cos(label), Math.sin(label));
const slab = new VectorSlab(2);
const inserter = new GraphInserter({ dimensions: 2, niceness: 0, onProgress: () => undefined });
afterAll(() => inserter.stop());

/** `gone`: what the store has no more. */
function indexOf(
  exactMax: number,
  tombstonesMin = 100,
  gone: ReadonlySet<number> = new Set(),
): CollectionIndex {
  return new CollectionIndex({
    name: 'cases',
    number: 1,
    parameters: { dimensions: 2, m: 4, efConstruction: 10 },
    slab,
    exactMax,
    rebuild: { ratio: 0.2, tombstonesMin },
    read: (label) => (gone.has(label) ? null : at(label)),
    inserter,
    onInserted: () => undefined,
  });
}

function add(index: CollectionIndex, labels: readonly number[]): void {
  for (const label of labels) {
    index.add(label, at(label));
    index.settle(label, label * 10);
  }
}

/** Until nothing is left to do, and nothing under way. */
async function work(index: CollectionIndex): Promise<void> {
  while (index.hasWork || inserter.underWay > 0) {
    index.step();
    inserter.settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a deletion during a snapshot waits for the end of the writing', async () => {
  const index = indexOf(0);
  add(index, [1, 2, 3]);
  await work(index);
  await index.hold();
  index.lock();
  index.remove(2);
  expect([index.graph?.tombstones, index.tombstones, index.live]).toEqual([0, 1, 2]);
  expect(index.hasWork).toBe(false);
  index.unlock();
  expect([index.graph?.tombstones, index.tombstones, index.live]).toEqual([1, 1, 2]);
});

test('a vector moves only after its commit is on disk', async () => {
  const index = indexOf(0);
  index.add(1, at(1));
  await work(index);
  expect([index.graph, index.tailCount]).toEqual([null, 1]);
  index.settle(1, 10);
  await work(index);
  expect([index.graph?.count, index.tailCount]).toEqual([1, 0]);
});

test('the oldest waiting change is that of the first vector not yet in the graph', async () => {
  const index = indexOf(0);
  add(index, [1, 2, 3]);
  expect(index.oldestWaiting).toBe(10);
  index.step();
  // On its way, and not there yet.
  expect([index.oldestWaiting, index.pending]).toEqual([10, 3]);
  while (inserter.underWay > 0) {
    inserter.settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(index.oldestWaiting).toBe(20);
  await work(index);
  expect(index.oldestWaiting).toBe(Number.POSITIVE_INFINITY);
});

test('a collection gets a graph when it outgrows the exact scan, and not before', async () => {
  const index = indexOf(3);
  add(index, [1, 2, 3]);
  expect([index.hasWork, index.pending, index.isExact]).toEqual([false, 0, true]);
  add(index, [4]);
  expect([index.hasWork, index.pending]).toEqual([true, 4]);
  await work(index);
  expect([index.graph?.live, index.tailCount, index.pending]).toEqual([4, 0, 0]);
});

test('what is deleted on its way into the graph is never a hit, and a tombstone when it arrives', async () => {
  const index = indexOf(0);
  add(index, [1, 2]);
  index.step();
  index.remove(1);
  const labels = () => index.candidates(at(1), 2, 10).map(({ label }) => label);
  expect([index.has(1), index.live]).toEqual([false, 1]);
  await work(index);
  expect([index.graph?.count, index.graph?.tombstones, index.live]).toEqual([2, 1, 1]);
  expect(labels()).toEqual([2]);
});

test('a collection is not at rest while what was deleted is on its way into the graph', async () => {
  const index = indexOf(0);
  add(index, [1]);
  await work(index);
  expect(index.isAtRest).toBe(true);
  add(index, [2]);
  index.step();
  index.remove(2);
  // It has left the tail, and yet the graph is being written to.
  expect([index.tailCount, index.hasWork, index.isAtRest]).toEqual([0, false, false]);
  await work(index);
  expect(index.isAtRest).toBe(true);
});

test('a graph that is to be written is given nothing more, and held when nothing is on its way', async () => {
  const index = indexOf(0);
  add(index, [1, 2, 3]);
  index.step();
  let isHeld = false;
  const held = index.hold().then(() => {
    isHeld = true;
  });
  index.step();
  await Promise.resolve();
  expect([isHeld, index.hasWork]).toEqual([false, false]);
  index.remove(1);
  await work(index);
  await held;
  expect([index.graph?.count, index.graph?.tombstones, index.oldestWaiting]).toEqual([1, 1, 20]);
  index.lock();
  index.unlock();
  await work(index);
  expect(index.graph?.count).toBe(3);
});

test('a rebuild loses nothing that comes, moves or goes while it runs', async () => {
  const gone = new Set<number>();
  const index = indexOf(0, 4, gone);
  const remove = (label: number) => {
    gone.add(label);
    index.remove(label);
  };
  const labels = Array.from({ length: 40 }, (_, i) => i + 1);
  add(index, labels);
  await work(index);
  for (let label = 1; label <= 12; label++) remove(label);
  for (let label = 41; label <= 60; label++) {
    add(index, [label]);
    labels.push(label);
    index.step();
    if (label % 4 === 0) remove(label - 2);
    if (label % 3 === 0) inserter.settle();
  }
  await work(index);
  const live = labels.filter((label) => !gone.has(label));
  const found = index.candidates(at(1), 100, 200).map(({ label }) => label);
  expect(found.sort((a, b) => a - b)).toEqual(live);
  expect([index.live, index.tailCount]).toEqual([live.length, 0]);
});
