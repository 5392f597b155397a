import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { graphBytes } from '../../../src/vector/graph-bytes.ts';
import { testActorContext } from '../../support/actor-context.ts';
import { numberedVector } from '../../support/numbered-vector.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';

const dimensions = 8;
const documentsEach = 40;
const names = ['a', 'b', 'c', 'd', 'e'];
const graphEach = graphBytes({ dimensions, m: 16 }, documentsEach);
/** Two graphs and some. */
const indexBytesMax = Math.round(graphEach * 2.5);

function documentOf(collection: string, i: number): DocumentSpec {
  const vector = numberedVector(names.indexOf(collection) * 1_000 + i, dimensions);
  return { id: `${collection}-${i}`, collection, vectors: [vector], contentHash: `${i}` };
}

function documents(collection: string, count = documentsEach): DocumentSpec[] {
  return Array.from({ length: count }, (_, i) => documentOf(collection, i));
}

const stat = (driver: ShardDriver, name: string) => Number(driver.actor.stats?.()[name]);
const bytesOf = (driver: ShardDriver) => stat(driver, 'graph_bytes') + stat(driver, 'tail_bytes');
const coldOnes = (driver: ShardDriver) => stat(driver, 'cold_collections');

/** Background work and turns of the event loop until it is so; the test's own time limit is the bound. */
async function until(driver: ShardDriver, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await driver.work();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function filled(overrides: Parameters<typeof ShardDriver.start>[0] = { indexBytesMax }) {
  const context = testActorContext();
  const observed: string[] = [];
  const watching = { ...context, observe: (metric: string) => void observed.push(metric) };
  const driver = await ShardDriver.start(overrides, { context: watching });
  for (const name of names) {
    await driver.commit(documents(name));
    await driver.work();
  }
  return { driver, loads: () => observed.filter((metric) => metric === 'kms_index_load_seconds').length };
}

async function expectAllFound(driver: ShardDriver, collection: string, count = documentsEach) {
  for (const { id, vectors } of documents(collection, count)) {
    const [best] = await driver.search(vectors[0] as Float32Array, { collections: [collection], limit: 1 });
    expect(best?.id).toBe(id);
  }
}

test('every document of many collections is found, and memory holds no more than its bound', async () => {
  const { driver } = await filled();
  await until(driver, () => bytesOf(driver) <= indexBytesMax);
  expect(coldOnes(driver)).toBe(3);
  for (const name of [...names, ...names]) {
    await expectAllFound(driver, name);
    await until(driver, () => bytesOf(driver) <= indexBytesMax);
    expect((await driver.collection(name)).isCold).toBe(false);
  }
});

test('a search of all collections finds in each of them, cold or not', async () => {
  const { driver } = await filled();
  await until(driver, () => coldOnes(driver) === 3);
  const { vectors } = documentOf('a', 7);
  const hits = await driver.search(vectors[0] as Float32Array, { limit: names.length * documentsEach });
  expect(hits).toHaveLength(names.length * documentsEach);
  expect(hits[0]?.id).toBe('a-7');
  await until(driver, () => bytesOf(driver) <= indexBytesMax);
});

test('the collection that was named longest ago is the one that goes', async () => {
  const { driver } = await filled({ indexBytesMax: graphEach * 5.5 });
  for (const name of ['c', 'a', 'b', 'e']) await expectAllFound(driver, name, 1);
  expect(coldOnes(driver)).toBe(0);
  await driver.commit(documents('e', 2 * documentsEach).slice(documentsEach));
  await until(driver, () => coldOnes(driver) === 1);
  expect((await driver.collection('d')).isCold).toBe(true);
});

test('searches of a cold collection that come together load it once', async () => {
  const { driver, loads } = await filled();
  await until(driver, () => coldOnes(driver) === 3);
  const { vectors, id } = documentOf('a', 3);
  const ask = () => driver.search(vectors[0] as Float32Array, { collections: ['a'], limit: 1 });
  const answers = await Promise.all([ask(), ask(), ask(), ask()]);
  expect(answers.map(([best]) => best?.id)).toEqual([id, id, id, id]);
  expect(loads()).toBe(1);
});

test('a search that is cancelled or out of time does not wait for the load, and the next one finds', async () => {
  const { driver } = await filled();
  await until(driver, () => coldOnes(driver) === 3);
  const { vectors, id } = documentOf('a', 3);
  const query = { vectors: vectors[0] as Float32Array, collections: ['a'], limit: 1 };
  const cancelled = driver.ask(query, { signal: AbortSignal.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  const late = driver.ask({ ...query, collections: ['b'] }, { deadlineMs: driver.context.clock.nowMs() - 1 });
  await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect((await driver.ask(query)).hits[0]?.[0]?.id).toBe(id);
});

test('what is written to a cold collection and deleted from it is so when it is loaded', async () => {
  const { driver } = await filled();
  await until(driver, () => coldOnes(driver) === 3);
  expect((await driver.collection('a')).isCold).toBe(true);
  const moved = { ...documentOf('a', 1), vectors: [numberedVector(77_001, dimensions)], contentHash: 'new' };
  await driver.commit([moved, documentOf('a', documentsEach)]);
  await driver.delete(['a-0'], 'a');
  expect((await driver.collection('a')).isCold).toBe(true);
  const found = await driver.search(moved.vectors[0] as Float32Array, { collections: ['a'], limit: 100 });
  expect(found[0]?.id).toBe('a-1');
  const expected = documents('a', documentsEach + 1).map(({ id }) => id);
  expect(found.map(({ id }) => id).sort()).toEqual(expected.filter((id) => id !== 'a-0').sort());
  await until(driver, () => bytesOf(driver) <= indexBytesMax);
  const survivor = await driver.crash();
  expect(await survivor.search(moved.vectors[0] as Float32Array, { collections: ['a'] })).toHaveLength(10);
  expect((await survivor.collection('a')).vectors).toBe(documentsEach);
});

test('more new vectors than a tail should hold load a cold collection', async () => {
  const { driver } = await filled();
  await until(driver, () => coldOnes(driver) === 3);
  await driver.commit(documents('a', 100).slice(documentsEach));
  await until(driver, () => stat(driver, 'pending_vectors') === 0 && bytesOf(driver) <= indexBytesMax);
  expect((await driver.collection('a')).graphVectors).toBe(100);
  await expectAllFound(driver, 'a', 100);
});

test('small collections without a graph are released too', async () => {
  const { driver } = await filled({ exactMax: 1_000, indexBytesMax: documentsEach * dimensions * 4 * 2 });
  await until(driver, () => coldOnes(driver) === 3);
  for (const name of names) await expectAllFound(driver, name);
});

test('a collection that takes more than all memory alone stays, and is still searched and written', async () => {
  const { driver, loads } = await filled({ indexBytesMax: 1 });
  await until(driver, () => coldOnes(driver) === names.length - 1);
  await expectAllFound(driver, 'e');
  expect(loads()).toBe(0);
  await expectAllFound(driver, 'a');
  expect(loads()).toBe(1);
});

test('a start loads the collections that were saved last, as many as fit, and finds all', async () => {
  const { driver } = await filled({});
  const restarted = await driver.restart({ indexBytesMax });
  expect(bytesOf(restarted)).toBeLessThanOrEqual(indexBytesMax);
  expect(coldOnes(restarted)).toBe(3);
  for (const name of names) await expectAllFound(restarted, name);
});

test('a crash at any moment of a release loses nothing', async () => {
  for (let turns = 0; turns < 60; turns += 12) {
    const { driver } = await filled();
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const survivor = await driver.crash();
    for (const name of names) await expectAllFound(survivor, name, 5);
    for (const name of names) expect((await survivor.collection(name)).vectors).toBe(documentsEach);
  }
});

test('a graph that cannot be saved stays in memory', async () => {
  const { driver } = await filled({ indexBytesMax: graphEach * 5.5 });
  const snapshots = join(driver.init.dataDir, 'shard-00', 'snapshots');
  rmSync(snapshots, { recursive: true });
  await driver.commit(documents('e', 2 * documentsEach).slice(documentsEach));
  const failed = () => driver.context.lines.some(({ level }) => level === 'error');
  await until(driver, failed);
  expect(coldOnes(driver)).toBe(0);
  for (const name of names) await expectAllFound(driver, name);
});

test('a collection that nobody changes does not keep the log', async () => {
  const driver = await ShardDriver.start();
  await driver.commit(documents('a'));
  await driver.work();
  await driver.snapshot();
  await driver.commit(documents('b'));
  await driver.work();
  await driver.snapshot();
  const survivor = await driver.crash();
  expect(stat(survivor, 'replay_changes_total')).toBe(0);
  await expectAllFound(survivor, 'a');
  await expectAllFound(survivor, 'b');
});

test('a collection that nobody changed is released again without its graph being written again', async () => {
  const { driver } = await filled({ indexBytesMax: graphEach * 5.5 });
  await driver.delete(['a-0', 'a-1'], 'a');
  const restarted = await driver.restart({ indexBytesMax });
  const files = () => readdirSync(join(restarted.init.dataDir, 'shard-00', 'snapshots')).sort();
  const before = files();
  for (const name of [...names, ...names]) {
    await restarted.search(documentOf(name, 5).vectors[0] as Float32Array, { collections: [name] });
    await until(restarted, () => bytesOf(restarted) <= indexBytesMax);
  }
  expect((await restarted.collection('a')).isCold).toBe(true);
  expect(files()).toEqual(before);
});

test('a search that waits for its collections finds in those that were made and released meanwhile', async () => {
  // Commits that do not wait for the disk are done long before forty graphs are read.
  const faults = { flushed: () => Promise.resolve() };
  const driver = await ShardDriver.start({ indexBytesMax: 1 }, { faults });
  const others = Array.from({ length: 40 }, (_, i) => `other-${i}`);
  await driver.commit(
    others.flatMap((name) => documents('a').map((spec) => ({ ...spec, collection: name }))),
  );
  await until(driver, () => coldOnes(driver) === others.length - 1);
  const { vectors } = documentOf('a', 0);
  let isOver = false;
  const searching = driver.search(vectors[0] as Float32Array, { limit: 2_000 }).finally(() => {
    isOver = true;
  });
  const made = (collection: string) => ({ ...documentOf('a', 1), collection, id: collection });
  await driver.commit([made('y')]);
  await driver.commit([made('z')]);
  const wasReleased = () =>
    driver.context.lines.some(({ fields }) => 'collection' in fields && fields.collection === 'y');
  await until(driver, wasReleased);
  expect(isOver).toBe(false);
  const found = (await searching).map(({ id }) => id);
  expect(found).toEqual(expect.arrayContaining(['y', 'z']));
  expect(found).toHaveLength(others.length * documentsEach + 2);
});

test('a stop waits for the load that is under way, and for none that stands in line', async () => {
  const { driver, loads } = await filled({ indexBytesMax: 1 });
  await until(driver, () => coldOnes(driver) === names.length - 1);
  const searching = driver.search(documentOf('a', 0).vectors[0] as Float32Array);
  const refused = expect(searching).rejects.toMatchObject({ code: 'unavailable' });
  await driver.kill();
  await refused;
  expect(loads()).toBeLessThanOrEqual(1);
});
