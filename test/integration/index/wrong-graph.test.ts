// Graphs that do not hold what the store does: found out by counting, and built again.

import { expect, onTestFinished, test, vi } from 'vitest';
import type { ShardFaults } from '../../../src/stages/index/shard.ts';
import { CommitSequence } from '../../../src/storage/commit-sequence.ts';
import { HnswGraph } from '../../../src/vector/hnsw-graph.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';
import { numberedVector } from '../../support/numbered-vector.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';
import { hideInSnapshot } from '../../support/wrong-graph.ts';

const dimensions = 8;
const count = 60;
const vectorOf = (i: number) => numberedVector(i, dimensions);

function documents(collection: string, first = 0, last = count): DocumentSpec[] {
  return Array.from({ length: last - first }, (_, i) => {
    const number = first + i;
    return { id: `doc-${number}`, collection, vectors: [vectorOf(number)], contentHash: `${number}` };
  });
}

/** Turns of the event loop, with background work where `driver` is given; the test's own time limit is the bound. */
async function until(isSo: () => boolean | Promise<boolean>, driver?: ShardDriver): Promise<void> {
  while (!(await isSo())) {
    await driver?.work();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function moved(driver: ShardDriver, collection: string): Promise<void> {
  await until(async () => (await driver.collection(collection)).tailVectors === 0, driver);
}

async function finds(driver: ShardDriver, collection: string, number: number): Promise<boolean> {
  const [best] = await driver.search(vectorOf(number), { collections: [collection], limit: 1 });
  return best?.id === `doc-${number}`;
}

const misfits = (driver: ShardDriver) =>
  driver.context.lines.filter(({ event }) => event.startsWith('graph does not fit the store')).length;

/** Two collections, of which `old` is cold; in its snapshot `doc-7` is hidden, where it is to be wrong. */
async function startedCold(options: { readonly isWrong: boolean; readonly faults?: ShardFaults }) {
  const driver = await ShardDriver.start();
  for (const collection of ['old', 'new']) {
    await driver.commit(documents(collection));
    await moved(driver, collection);
    await driver.snapshot();
  }
  await driver.stop();
  if (options.isWrong) await hideInSnapshot(driver.init, { collection: 'old', id: 'doc-7' });
  const { faults = {} } = options;
  const sequence = new CommitSequence().shared;
  const reopened = await ShardDriver.start({ ...driver.init, indexBytesMax: 1, sequence }, { faults });
  expect((await reopened.collection('old')).isCold).toBe(true);
  return reopened;
}

/** A disk that takes as long as it likes, from `hold` on; `isAsked` resolves when a commit waits for it. */
function slowDisk() {
  let flush: () => PromiseLike<unknown> = () => Promise.resolve();
  return {
    faults: { flushed: () => flush() },
    hold: () => {
      let letGo: () => void = () => undefined;
      const flushed = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const isAsked = new Promise<void>((resolve) => {
        flush = () => {
          resolve();
          return flushed;
        };
      });
      return { letGo, isAsked };
    },
  };
}

test('a graph that does not fit the store is built again at a start, and its tail leaves no memory behind', async () => {
  const driver = await ShardDriver.start();
  await driver.commit(documents('old', 0, 40));
  await moved(driver, 'old');
  await driver.snapshot();
  await driver.commit(documents('old', 40));
  const dataDir = driver.copyFolder();
  await hideInSnapshot({ ...driver.init, dataDir }, { collection: 'old', id: 'doc-7' });
  const take = vi.spyOn(VectorSlab.prototype, 'take');
  const give = vi.spyOn(VectorSlab.prototype, 'give');
  onTestFinished(() => void vi.restoreAllMocks());
  const sequence = new CommitSequence().shared;
  const reopened = await ShardDriver.start({ ...driver.init, dataDir, sequence });
  expect(misfits(reopened)).toBe(1);
  for (let number = 0; number < count; number++) expect(await finds(reopened, 'old', number)).toBe(true);
  expect(take.mock.calls.length).toBeGreaterThan(0);
  await moved(reopened, 'old');
  expect(await reopened.collection('old')).toMatchObject({ graphVectors: count, tombstones: 0 });
  expect(take.mock.calls.length).toBe(give.mock.calls.length);
  for (let number = 0; number < count; number++) expect(await finds(reopened, 'old', number)).toBe(true);
});

test('the graph of a cold collection that does not fit the store is built again by its load', async () => {
  const driver = await startedCold({ isWrong: true });
  for (let number = 0; number < count; number++) expect(await finds(driver, 'old', number)).toBe(true);
  expect(misfits(driver)).toBe(1);
});

test('one that was loaded while commits were under way is counted at the next moment without one', async () => {
  const { faults, hold } = slowDisk();
  const driver = await startedCold({ isWrong: true, faults });
  const { letGo, isAsked } = hold();
  const committed = driver.commit(documents('old', count, count + 5));
  await isAsked;
  expect(await finds(driver, 'old', 3)).toBe(true);
  // Nobody could tell yet.
  expect([await finds(driver, 'old', 7), misfits(driver)]).toEqual([false, 0]);
  letGo();
  await committed;
  await until(() => finds(driver, 'old', 7), driver);
  for (let number = 0; number < count + 5; number++) expect(await finds(driver, 'old', number)).toBe(true);
  expect(misfits(driver)).toBe(1);
  await moved(driver, 'old');
  expect(await driver.collection('old')).toMatchObject({ graphVectors: count + 5, tombstones: 0 });
});

test('commits during the load of a graph that is right are no reason to build it again', async () => {
  const { faults, hold } = slowDisk();
  const driver = await startedCold({ isWrong: false, faults });
  const { letGo, isAsked } = hold();
  const replaced = { id: 'doc-3', collection: 'old', vectors: [vectorOf(1_003)], contentHash: 'other' };
  const committed = driver.commit([replaced, ...documents('old', count, count + 5)]);
  await isAsked;
  expect(await finds(driver, 'old', 4)).toBe(true);
  letGo();
  await committed;
  await moved(driver, 'old');
  expect(misfits(driver)).toBe(0);
  expect(await driver.collection('old')).toMatchObject({ graphVectors: count + 5, tombstones: 1 });
});

test('a collection over the bound that comes to rest when its snapshot ends is released then', async () => {
  let write: (_: unknown) => void = () => undefined;
  const mayWrite = new Promise((resolve) => {
    write = resolve;
  });
  const { writeTo } = HnswGraph.prototype;
  const slow = async function (this: HnswGraph, path: string) {
    await mayWrite;
    await writeTo.call(this, path);
  };
  vi.spyOn(HnswGraph.prototype, 'writeTo').mockImplementation(slow);
  onTestFinished(() => void vi.restoreAllMocks());
  const graphOf60 = 60 * 210;
  const driver = await ShardDriver.start({ snapshotChangesMin: 40, indexBytesMax: graphOf60 * 1.5 });
  await driver.commit(documents('old'));
  await moved(driver, 'old');
  // Twice: the commit that makes a collection does not count as a use of it.
  await driver.commit(documents('new', 0, 1));
  await driver.commit(documents('new'));
  await moved(driver, 'new');
  expect((await driver.collection('old')).isCold).toBe(false);
  write(null);
  // Without a step or a commit that would look after it.
  await until(async () => (await driver.collection('old')).isCold);
}, 10_000);
