// What a shard promises, each promise on its own.

import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, test } from 'vitest';
import { limits } from '../../../src/model/limits.ts';
import { CommitSequence } from '../../../src/storage/commit-sequence.ts';
import { testActorContext, testTaskContext } from '../../support/actor-context.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver, testGeneration } from '../../support/shard-driver.ts';

const random = randomFrom(20_240_101);
const vector = () => unitVector(random, 8);

function documents(count: number, from = 0): DocumentSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `doc-${from + i}`,
    vectors: [vector()],
    contentHash: `hash-${from + i}-${random()}`,
  }));
}

async function expectAllFound(driver: ShardDriver, specs: readonly DocumentSpec[]): Promise<void> {
  for (const { id, vectors } of specs) {
    for (const own of vectors) expect((await driver.search(own, { limit: 1 }))[0]?.id).toBe(id);
  }
}

test('a document is acknowledged only after its commit is on disk', async () => {
  let flush: (value: unknown) => void = () => undefined;
  const flushed = new Promise((resolve) => {
    flush = resolve;
  });
  const driver = await ShardDriver.start({}, { faults: { flushed: () => flushed } });
  const [document] = documents(1) as [DocumentSpec];
  let isAcknowledged = false;
  const acknowledged = driver.commit([document]).then(() => {
    isAcknowledged = true;
  });
  // Readable already, so the commit itself is long done.
  while ((await driver.search(document.vectors[0] as Float32Array)).length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(isAcknowledged).toBe(false);
  flush(true);
  await acknowledged;
});

test('what is acknowledged is searchable at once, and after a crash at once again', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(60);
  await driver.commit(specs);
  await expectAllFound(driver, specs);
  const reopened = await driver.afterCrash();
  await expectAllFound(reopened, specs);
  expect((await reopened.collection()).tailVectors).toBe(60);
});

test('a replaced or deleted version is out of every search as soon as the store says so', async () => {
  let flushed: Promise<unknown> = Promise.resolve();
  const driver = await ShardDriver.start({}, { faults: { flushed: () => flushed } });
  const [kept, gone] = documents(2) as [DocumentSpec, DocumentSpec];
  await driver.commit([kept, gone]);
  let flush: (value: unknown) => void = () => undefined;
  flushed = new Promise((resolve) => {
    flush = resolve;
  });
  const replacement = vector();
  const writes = [
    driver.commit([{ ...kept, vectors: [replacement], contentHash: 'new' }]),
    driver.delete([gone.id]),
  ];
  while ((await driver.collection()).documents === 2) await new Promise((resolve) => setImmediate(resolve));
  const hits = await driver.search(replacement);
  expect(hits.map(({ id }) => id)).toEqual([kept.id]);
  expect(hits[0]?.cosine).toBeCloseTo(1, 4);
  flush(true);
  await Promise.all(writes);
});

test('the same document again is identical, another content replaces it under a new number', async () => {
  const driver = await ShardDriver.start();
  const first = vector();
  const spec = { id: 'a', vectors: [first], contentHash: 'one' };
  const [written] = await driver.commit([spec]);
  expect(await driver.commit([spec])).toEqual([{ ...written, type: 'identical' }]);
  const second = vector();
  const [again] = await driver.commit([{ ...spec, vectors: [second], contentHash: 'two' }]);
  expect(again).toMatchObject({ type: 'written' });
  expect((await driver.search(first, { limit: 1 }))[0]?.cosine).toBeLessThan(0.999);
  expect((await driver.search(second, { limit: 1 }))[0]?.cosine).toBeCloseTo(1, 4);
  expect(await driver.collection()).toMatchObject({ documents: 1, vectors: 1 });
});

test('a change of attributes keeps content and vectors, and is stale against another content', async () => {
  const driver = await ShardDriver.start();
  const own = vector();
  await driver.commit([{ id: 'a', vectors: [own], contentHash: 'one', body: 'the body' }]);
  const change = { id: 'a', vectors: [], attributesHash: 'b' };
  expect(await driver.commit([{ ...change, contentHash: 'other' }])).toEqual([{ type: 'stale' }]);
  const [written] = await driver.commit([{ ...change, contentHash: 'one' }]);
  expect(written?.type).toBe('written');
  const { hits } = await driver.page(own, { withVectors: true });
  const [hit] = hits;
  expect(hit?.document).toMatchObject({ body: 'the body', attributes: { hash: 'b' }, chunkCount: 1 });
  expect([...(hit?.document.vectors ?? [])]).toEqual([...own]);
  const verdicts = await driver.actor.tasks.compare(
    { items: [{ collection: 'cases', id: 'a', contentHash: 'one', attributesHash: 'b' }] },
    testTaskContext(),
  );
  expect(verdicts.verdicts[0]?.type).toBe('unchanged');
});

test('hits that no message could hold are refused by the shard, and without their bodies given', async () => {
  const driver = await ShardDriver.start();
  const body = 'x'.repeat(limits.messageBytesMax / 4);
  for (let i = 0; i < 5; i++) {
    await driver.commit([{ id: String(i), vectors: [vector()], contentHash: 'one', body }]);
  }
  expect((await driver.page(vector(), { limit: 4 })).hits).toHaveLength(4);
  await expect(driver.page(vector(), { limit: 5 })).rejects.toMatchObject({ code: 'invalid_argument' });
  const bare = await driver.page(vector(), { limit: 5, omitBody: true });
  expect(bare.hits.map((hit) => hit.document.body)).toEqual(['', '', '', '', '']);
  const listed = await driver.actor.tasks.list(
    { collection: 'cases', afterId: null, limit: 5, omitBody: true, filter: null },
    testTaskContext(),
  );
  expect(listed.documents.map((document) => document.body)).toEqual(['', '', '', '', '']);
});

test('commits of one key take effect in the order they were asked', async () => {
  const driver = await ShardDriver.start();
  const vectors = Array.from({ length: 12 }, vector);
  const receipts = await Promise.all(
    vectors.map((own, i) => driver.commit([{ id: 'a', vectors: [own], contentHash: `content-${i}` }])),
  );
  const sequences = receipts.map(([receipt]) => (receipt?.type === 'written' ? receipt.commitSequence : -1));
  expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  const hits = await driver.search(vectors.at(-1) as Float32Array, { limit: 5 });
  expect(hits.length).toBe(1);
  expect(hits[0]?.cosine).toBeCloseTo(1, 4);
});

test('one bad document of a batch is refused with its reason, its neighbours are written', async () => {
  const driver = await ShardDriver.start();
  const [good, bad, long, other] = documents(4) as [DocumentSpec, DocumentSpec, DocumentSpec, DocumentSpec];
  (bad.vectors[0] as Float32Array)[3] = Number.NaN;
  const receipts = await driver.commit([
    good,
    bad,
    { ...long, id: 'x'.repeat(513) },
    { ...other, vectors: [new Float32Array(8)] },
    { ...other, id: 'last' },
  ]);
  expect(receipts.map(({ type }) => type)).toEqual(['written', 'failed', 'failed', 'failed', 'written']);
  expect(receipts[1]).toMatchObject({ fault: { code: 'invalid_argument' } });
  expect((await driver.collection()).documents).toBe(2);
});

test('a batch of another vector space, or of another length than its chunks, is refused whole', async () => {
  const driver = await ShardDriver.start();
  const batch = { generation: 'other', items: [], vectors: new Float32Array(0) };
  await expect(driver.actor.tasks.commit(batch, testTaskContext())).rejects.toMatchObject({
    code: 'failed_precondition',
  });
  const uneven = { generation: testGeneration, items: [], vectors: new Float32Array(8) };
  await expect(driver.actor.tasks.commit(uneven, testTaskContext())).rejects.toMatchObject({
    code: 'dimension_mismatch',
  });
});

test('several chunks are one hit, and never crowd out other documents', async () => {
  const driver = await ShardDriver.start({ exactMax: 10 });
  const centre = vector();
  const near = (amount: number) => {
    const noise = vector();
    const mixed = centre.map((value, i) => value + amount * (noise[i] as number));
    const norm = Math.hypot(...mixed);
    return mixed.map((value) => value / norm);
  };
  await driver.commit([
    { id: 'long', vectors: Array.from({ length: 12_000 }, () => near(0.01)), contentHash: 'long' },
    ...Array.from({ length: 9 }, (_, i) => ({ id: `short-${i}`, vectors: [near(2)], contentHash: `${i}` })),
  ]);
  for (const units of [0, 100, 20_000]) {
    await driver.work(units);
    const hits = await driver.search(centre, { limit: 10 });
    expect(hits[0]?.id).toBe('long');
    expect(new Set(hits.map(({ id }) => id)).size).toBe(10);
  }
});

test('the document that is asked about is left out, and its place is filled', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(12);
  await driver.commit(specs);
  const exclude = { collection: 'cases', id: 'doc-3' };
  const hits = await driver.search(specs[3]?.vectors[0] as Float32Array, { exclude: [exclude], limit: 11 });
  expect(hits.length).toBe(11);
  expect(hits.some(({ id }) => id === 'doc-3')).toBe(false);
});

test('a full tail makes commits wait, and background work lets them in one after the other', async () => {
  const driver = await ShardDriver.start({ tailMax: 40, exactMax: 5 });
  await driver.commit(documents(40));
  const waiting = [driver.commit(documents(20, 100)), driver.commit(documents(20, 200))];
  let done = 0;
  for (const commit of waiting)
    void commit.then(() => {
      done++;
    });
  await driver.commit([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect([done, driver.actor.stats?.()['commits_waiting']]).toEqual([0, 2]);
  await driver.work(20);
  await waiting[0];
  expect([done, driver.actor.stats?.()['commits_waiting']]).toEqual([1, 1]);
  await driver.work();
  await Promise.all(waiting);
});

test('a commit that waits for room ends with its cancellation, its deadline, or a limit of its own', async () => {
  const clock = new ManualClock();
  const context = testActorContext(clock);
  const driver = await ShardDriver.start({ tailMax: 10, exactMax: 5 }, { context });
  await driver.commit(documents(10));
  const controller = new AbortController();
  const cancelled = driver.commit(documents(5), { signal: controller.signal });
  const late = driver.commit(documents(5), { deadlineMs: clock.nowMs() + 100 });
  const patient = driver.commit(documents(5));
  const outcomes = Promise.all([
    expect(cancelled).rejects.toMatchObject({ code: 'cancelled' }),
    expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' }),
    expect(patient).rejects.toMatchObject({ code: 'resource_exhausted' }),
  ]);
  controller.abort();
  clock.advance(100);
  clock.advance(120_000);
  await outcomes;
  expect(driver.actor.stats?.()['commits_waiting']).toBe(0);
  await driver.work();
  const specs = documents(5, 50);
  await driver.commit(specs);
  await expectAllFound(driver, specs);
});

test('a failed flush is no acknowledgement, and the shard writes no more until it is opened again', async () => {
  let flushed: () => PromiseLike<unknown> = () => Promise.resolve();
  const driver = await ShardDriver.start({}, { faults: { flushed: () => flushed() } });
  const before = documents(5);
  await driver.commit(before);
  flushed = () => Promise.reject(new Error('EIO'));
  await expect(driver.commit(documents(5, 10))).rejects.toMatchObject({ code: 'unavailable' });
  await expect(driver.commit(documents(5, 20))).rejects.toMatchObject({ code: 'unavailable' });
  await expectAllFound(driver, before);
});

test('a full disk refuses writes and keeps answering', async () => {
  let freeBytes = 2 ** 40;
  const driver = await ShardDriver.start({}, { faults: { freeBytes: () => freeBytes } });
  const specs = documents(5);
  await driver.commit(specs);
  freeBytes = 1_000;
  await expect(driver.commit(documents(1, 9))).rejects.toMatchObject({ code: 'resource_exhausted' });
  await expectAllFound(driver, specs);
});

const damages: Record<string, (folder: string) => void> = {
  missing: (folder) => rmSync(folder, { recursive: true }),
  torn: (folder) => forEachSnapshot(folder, (file) => truncateSync(file, 3_000)),
  empty: (folder) => forEachSnapshot(folder, (file) => truncateSync(file, 0)),
  garbage: (folder) => forEachSnapshot(folder, (file) => writeFileSync(file, Buffer.alloc(50_000, 7))),
};

function forEachSnapshot(folder: string, action: (file: string) => void): void {
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) action(join(folder, file));
}

for (const [name, damage] of Object.entries(damages)) {
  test(`a snapshot that is ${name} costs time and never data`, async () => {
    const driver = await ShardDriver.start();
    const specs = documents(120);
    await driver.commit(specs);
    await driver.work();
    await driver.snapshot();
    await driver.delete(['doc-0']);
    const dataDir = driver.copyFolder();
    damage(join(dataDir, 'shard-00', 'snapshots'));
    const reopened = await ShardDriver.start({
      ...driver.init,
      dataDir,
      sequence: new CommitSequence().shared,
    });
    expect(reopened.context.lines.some(({ level }) => level === 'warn')).toBe(true);
    await expectAllFound(reopened, specs.slice(1));
    expect((await reopened.collection()).tailVectors).toBe(119);
    await reopened.work();
    expect((await reopened.collection()).graphVectors).toBe(119);
    await expectAllFound(reopened, specs.slice(1));
  });
}

test('a log that lacks what the snapshot does not have is found out, and the store fills the gap', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(100);
  await driver.commit(specs.slice(0, 50));
  await driver.work();
  await driver.snapshot();
  await driver.commit(specs.slice(50));
  await driver.delete(['doc-1']);
  const dataDir = driver.copyFolder();
  // Not through the store, which would remember that it has truncated its log.
  const store = open({ path: join(dataDir, 'shard-00'), maxDbs: 16 });
  await store.openDB({ name: 'log', encoding: 'msgpack' }).clearAsync();
  await store.close();
  const reopened = await ShardDriver.start({
    ...driver.init,
    dataDir,
    sequence: new CommitSequence().shared,
  });
  expect(reopened.context.lines.filter(({ level }) => level === 'warn').length).toBe(1);
  const live = specs.filter(({ id }) => id !== 'doc-1');
  await expectAllFound(reopened, live);
  expect(await reopened.collection()).toMatchObject({ graphVectors: 49, tailVectors: 50, tombstones: 1 });
});

test('a snapshot taken while a collection outgrows the exact scan may be older than the log', async () => {
  const driver = await ShardDriver.start({ exactMax: 50 });
  const specs = documents(60);
  await driver.commit(specs.slice(0, 50));
  await driver.snapshot();
  await driver.commit(specs.slice(50));
  await driver.work(20);
  expect(await driver.snapshot()).toBe(20);
  await driver.delete(['doc-3', 'doc-30']);
  const reopened = await driver.afterCrash();
  expect(reopened.context.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  await expectAllFound(
    reopened,
    specs.filter(({ id }) => id !== 'doc-3' && id !== 'doc-30'),
  );
  // Compared with the store, not replayed: the log has forgotten what the snapshot does not have.
  expect(reopened.actor.stats?.()['replay_changes_total']).toBe(58);
  expect(await reopened.collection()).toMatchObject({ graphVectors: 19, tailVectors: 39, vectors: 58 });
});

test('a snapshot of other parameters is rebuilt with the new ones', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(100);
  await driver.commit(specs);
  await driver.work();
  const reopened = await driver.restart({ m: 8, efConstruction: 50 });
  expect((await reopened.collection()).graphVectors).toBe(0);
  await reopened.work();
  expect((await reopened.collection()).graphVectors).toBe(100);
  await expectAllFound(reopened, specs);
  const again = await reopened.restart();
  expect((await again.collection()).graphVectors).toBe(100);
});

test('after a clean stop the next start replays nothing', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(300);
  await driver.commit(specs);
  await driver.work();
  const reopened = await driver.restart();
  const state = await reopened.collection();
  expect([state.graphVectors, state.tailVectors]).toEqual([300, 0]);
  expect(state.snapshotSequence).toBe(state.commitSequence);
  expect(reopened.actor.stats?.()).toMatchObject({ replay_changes_done: 0, replay_changes_total: 0 });
  expect(reopened.context.nativeCalls).toEqual({ open: 0, entered: 1 });
  await expectAllFound(reopened, specs);
});

test('a snapshot holds exactly the changes up to its number, whatever was in the tail', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(100);
  for (let i = 0; i < 100; i += 10) await driver.commit(specs.slice(i, i + 10));
  await driver.work(55);
  const sequence = await driver.snapshot();
  expect(sequence).toBe(55);
  await driver.delete(['doc-2', 'doc-70']);
  await driver.work(7);
  const reopened = await driver.afterCrash();
  const rest = specs.filter(({ id }) => id !== 'doc-2' && id !== 'doc-70');
  await expectAllFound(reopened, rest);
  expect(await reopened.collection()).toMatchObject({ graphVectors: 54, tailVectors: 44, vectors: 98 });
  expect(reopened.context.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

test('a snapshot never claims a commit that is still on its way to the disk', async () => {
  let flushed: Promise<unknown> = Promise.resolve();
  const driver = await ShardDriver.start({}, { faults: { flushed: () => flushed } });
  await driver.commit(documents(60));
  await driver.work();
  let flush: (value: unknown) => void = () => undefined;
  flushed = new Promise((resolve) => {
    flush = resolve;
  });
  const late = documents(5, 100);
  const commit = driver.commit(late);
  while ((await driver.collection()).documents < 65) await new Promise((resolve) => setImmediate(resolve));
  const snapshot = driver.snapshot();
  const folder = join(driver.init.dataDir, 'shard-00', 'snapshots');
  while (!readdirSync(folder).some((file) => file.endsWith('.hnsw')))
    await new Promise((resolve) => setImmediate(resolve));
  flush(true);
  await Promise.all([commit, snapshot]);
  const reopened = await driver.afterCrash();
  expect(reopened.context.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  expect(await reopened.collection()).toMatchObject({
    snapshotSequence: 60,
    graphVectors: 60,
    tailVectors: 5,
  });
  await expectAllFound(reopened, late);
});

test('commits, deletes and searches go on while a snapshot is taken', async () => {
  const driver = await ShardDriver.start();
  const specs = documents(2_000);
  await driver.commit(specs);
  await driver.work();
  const snapshot = driver.snapshot();
  const more = documents(50, 5_000);
  await driver.commit(more);
  await driver.delete(['doc-7']);
  expect((await driver.search(specs[7]?.vectors[0] as Float32Array, { limit: 1 }))[0]?.id).not.toBe('doc-7');
  await expectAllFound(driver, more);
  await driver.work();
  await snapshot;
  await driver.work();
  expect(await driver.collection()).toMatchObject({ tombstones: 1, graphVectors: 2_049, tailVectors: 0 });
  const reopened = await driver.afterCrash();
  await expectAllFound(reopened, [...more, ...specs.slice(8, 300)]);
  expect((await reopened.collection()).documents).toBe(2_049);
});

test('snapshots are taken by themselves, one file a collection, and the log behind them is forgotten', async () => {
  const driver = await ShardDriver.start({ snapshotChangesMin: 100 });
  const specs = documents(600);
  for (let i = 0; i < specs.length; i += 50) {
    await driver.commit(specs.slice(i, i + 50));
    await driver.work();
  }
  // The first of these waits for a graph that is being written, into which nothing moves meanwhile.
  await driver.snapshot();
  await driver.work();
  await driver.snapshot();
  const folder = join(driver.init.dataDir, 'shard-00', 'snapshots');
  const written = driver.context.lines.filter(({ event }) => event === 'snapshot written').length;
  expect(written).toBeGreaterThanOrEqual(3);
  expect(readdirSync(folder).length).toBe(1);
  const reopened = await driver.afterCrash();
  expect(Number(reopened.actor.stats?.()['replay_changes_total'])).toBe(0);
  await expectAllFound(reopened, specs);
});

test('insertions that are told of together make one snapshot due, not one each', async () => {
  const driver = await ShardDriver.start({ snapshotChangesMin: 20 });
  await driver.commit(documents(100));
  // Without a turn of the event loop: a snapshot is begun in the next one.
  while (Number(driver.actor.stats?.()['graph_vectors']) < 100) driver.actor.background?.();
  await driver.snapshot();
  expect(driver.context.lines.filter(({ event }) => event === 'snapshot written').length).toBe(1);
});

test('what a crash left in the snapshot folder is removed at the next start', async () => {
  const driver = await ShardDriver.start();
  await driver.commit(documents(100));
  await driver.work();
  await driver.snapshot();
  const dataDir = driver.copyFolder();
  const orphan = join(dataDir, 'shard-00', 'snapshots', '1-5-9.hnsw.tmp');
  writeFileSync(orphan, 'half');
  const reopened = await ShardDriver.start({
    ...driver.init,
    dataDir,
    sequence: new CommitSequence().shared,
  });
  expect(existsSync(orphan)).toBe(false);
  expect((await reopened.collection()).graphVectors).toBe(100);
});

test('many tombstones are built away beside the graph that serves, and deletes meanwhile are not lost', async () => {
  const driver = await ShardDriver.start({ rebuildTombstonesMin: 50 });
  const specs = documents(1_000);
  await driver.commit(specs);
  await driver.work();
  await driver.delete(specs.slice(0, 300).map(({ id }) => id));
  expect((await driver.collection()).tombstones).toBe(300);
  await driver.work(600);
  await driver.delete(specs.slice(300, 320).map(({ id }) => id));
  const more = documents(30, 5_000);
  await driver.commit(more);
  const live = [...specs.slice(320), ...more];
  await expectAllFound(driver, live.slice(-100));
  await driver.work();
  const state = await driver.collection();
  expect([state.graphVectors, state.tailVectors, state.vectors]).toEqual([710, 0, 710]);
  expect(state.tombstones).toBeLessThan(30);
  await expectAllFound(driver, live);
  const reopened = await driver.restart();
  await expectAllFound(reopened, live);
});

test('a graph whose documents are all gone is dropped, with its snapshot', async () => {
  const driver = await ShardDriver.start({ rebuildTombstonesMin: 10 });
  const specs = documents(100);
  await driver.commit(specs);
  await driver.work();
  await driver.snapshot();
  await driver.delete(specs.map(({ id }) => id));
  await driver.work();
  expect(await driver.search(vector())).toEqual([]);
  await driver.snapshot();
  expect(readdirSync(join(driver.init.dataDir, 'shard-00', 'snapshots'))).toEqual([]);
  const again = documents(60);
  await driver.commit(again);
  await driver.work();
  await expectAllFound(await driver.restart(), again);
});

test('a small collection that is rewritten for ever does not grow', async () => {
  const driver = await ShardDriver.start({ exactMax: 200 });
  let last: DocumentSpec[] = [];
  for (let round = 0; round < 40; round++) {
    last = documents(50);
    await driver.commit(last);
    await driver.work();
  }
  await expectAllFound(driver, last);
  expect(await driver.collection()).toMatchObject({ documents: 50, tailVectors: 50, graphVectors: 0 });
});

test('several queries of one task give way to others in between', async () => {
  const driver = await ShardDriver.start();
  await driver.commit(documents(5));
  let gaveWay = 0;
  const query = {
    vectors: Float32Array.from([...vector(), ...vector(), ...vector()]),
    queryCount: 3,
    collections: ['cases', 'unknown'],
    limit: 2,
    ef: null,
    isExact: false,
    rows: [],
    exclude: [],
    constraint: null,
    facets: [],
    withVectors: false,
    omitBody: false,
  };
  const { hits } = await driver.actor.tasks.search(query, testTaskContext({ giveWay: () => void gaveWay++ }));
  expect(hits.map((list) => list.length)).toEqual([2, 2, 2]);
  expect(gaveWay).toBe(2);
});

test('a snippet is the text of the chunk that matched', async () => {
  const driver = await ShardDriver.start();
  const vectors = [vector(), vector(), vector()];
  await driver.commit([{ id: 'a', vectors, contentHash: 'x' }]);
  const { hits } = await driver.page(vectors[2] as Float32Array);
  const [hit] = hits;
  expect([hit?.chunk, hit?.snippet]).toEqual([2, 'a part 2']);
});
