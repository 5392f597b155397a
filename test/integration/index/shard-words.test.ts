// What a shard promises about words: what is acknowledged is found by them, and nothing else is, whatever happens to the
// files of the lexical index, which are derived and may be lost.

import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import type { IndexInit } from '../../../src/stages/index/index.actor.ts';
import { CommitSequence } from '../../../src/storage/commit-sequence.ts';
import type { DocumentRecord } from '../../../src/storage/document-record.ts';
import { type DocumentRow, documentRecordOf } from '../../../src/storage/document-row.ts';
import { ShardStore } from '../../../src/storage/shard-store.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';

const random = randomFrom(20_250_101);
const vector = () => unitVector(random, 8);

/** Small, so that sealing and merging take part within a few hundred documents. */
const smallSegments: Partial<IndexInit> = {
  lexical: { memtable: { documentsMax: 16, postingsMax: 1_000 } },
};

const fruits = ['apple', 'banana', 'cherry', 'date', 'elder', 'fig', 'grape', 'hazel', 'iris', 'jasmine'];

/** Each has a word of its own, and one that it shares with every tenth. */
function documents(count: number, from = 0): DocumentSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `doc-${from + i}`,
    vectors: [vector()],
    contentHash: `hash-${from + i}-${random()}`,
    text: `case ${from + i}\nERR_OWN_${from + i} about ${fruits[(from + i) % fruits.length]}`,
  }));
}

async function expectEachFoundOnce(driver: ShardDriver, specs: readonly DocumentSpec[]): Promise<void> {
  for (const { id } of specs) {
    const hits = await driver.searchWords(`ERR_OWN_${id.slice(4)}`);
    expect(hits[0]?.id).toBe(id);
    expect(hits.filter((hit) => hit.id === id).length).toBe(1);
  }
}

async function expectNeverFound(driver: ShardDriver, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const hits = await driver.searchWords(`ERR_OWN_${id.slice(4)}`);
    expect(hits.map((hit) => hit.id)).not.toContain(id);
  }
}

function segmentFolder(dataDir: string): string {
  return join(dataDir, 'shard-00', 'segments');
}

function reopened(driver: ShardDriver, dataDir: string): Promise<ShardDriver> {
  return ShardDriver.start({ ...driver.init, dataDir, sequence: new CommitSequence().shared });
}

const warnings = (driver: ShardDriver) => driver.context.lines.filter(({ level }) => level === 'warn');

/** Works, and lets what is being written get on. */
async function quiet(driver: ShardDriver): Promise<void> {
  for (let idle = 0; idle < 20; idle++) {
    await driver.work();
    await driver.commit([]);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('what is acknowledged is found by its words at once, and after a crash', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(100);
  await driver.commit(specs.slice(0, 50));
  await expectEachFoundOnce(driver, specs.slice(0, 50));
  await driver.work();
  await driver.commit(specs.slice(50));
  await expectEachFoundOnce(driver, specs);
  const survivor = await driver.afterCrash();
  await expectEachFoundOnce(survivor, specs);
  expect(warnings(survivor)).toEqual([]);
});

test('a document is found by its new words and no more by its old ones, and a deleted one by none', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(60);
  await driver.commit(specs);
  await driver.work();
  const changed = { ...(specs[3] as DocumentSpec), contentHash: 'new', text: 'title\nORA-00942 instead' };
  await driver.commit([changed]);
  await driver.delete(['doc-5', 'doc-55']);
  const check = async (shard: ShardDriver) => {
    expect((await shard.searchWords('ORA-00942')).map(({ id }) => id)).toEqual(['doc-3']);
    await expectNeverFound(shard, ['doc-3', 'doc-5', 'doc-55']);
    expect((await shard.searchWords('figs', { limit: 100 })).length).toBe(4);
    expect(warnings(shard)).toEqual([]);
  };
  await check(driver);
  await check(await driver.afterCrash());
  await check(await driver.restart());
});

test('what is not on disk yet, or was replaced by it, is never a hit', async () => {
  let flushed: Promise<unknown> = Promise.resolve();
  const driver = await ShardDriver.start({}, { faults: { flushed: () => flushed } });
  const specs = documents(3);
  await driver.commit(specs);
  let flush: (value: unknown) => void = () => undefined;
  flushed = new Promise((resolve) => {
    flush = resolve;
  });
  const replaced = { ...(specs[0] as DocumentSpec), contentHash: 'new', text: 'title\nreplaced' };
  const writes = [driver.commit([replaced]), driver.delete(['doc-1'])];
  while ((await driver.collection()).documents === 3) await new Promise((resolve) => setImmediate(resolve));
  await expectNeverFound(driver, ['doc-0', 'doc-1']);
  expect((await driver.searchWords('replaced')).map(({ id }) => id)).toEqual(['doc-0']);
  flush(true);
  await Promise.all(writes);
});

test('after a clean stop the next start analyses nothing and warns of nothing', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(300);
  await driver.commit(specs);
  await driver.work();
  const next = await driver.restart();
  expect(next.actor.stats?.()).toMatchObject({ replay_changes_done: 0, replay_changes_total: 0 });
  expect(warnings(next)).toEqual([]);
  await expectEachFoundOnce(next, specs);
});

test('segments are merged in the background, and the files of merged ones go', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(500);
  for (let i = 0; i < specs.length; i += 20) {
    await driver.commit(specs.slice(i, i + 20));
    await quiet(driver);
  }
  await driver.snapshot();
  const files = readdirSync(segmentFolder(driver.init.dataDir));
  expect(files.length).toBeGreaterThan(0);
  expect(files.length).toBeLessThan(15);
  await expectEachFoundOnce(driver, specs);
  const survivor = await driver.afterCrash();
  expect(readdirSync(segmentFolder(survivor.init.dataDir)).sort()).toEqual(files.sort());
  await expectEachFoundOnce(survivor, specs);
  expect(warnings(survivor)).toEqual([]);
});

const damages: Record<string, (folder: string) => void> = {
  missing: (folder) => rmSync(folder, { recursive: true }),
  torn: (folder) => forEachFile(folder, (file) => truncateSync(file, 1_000)),
  empty: (folder) => forEachFile(folder, (file) => truncateSync(file, 0)),
  garbage: (folder) => forEachFile(folder, (file) => writeFileSync(file, Buffer.alloc(5_000, 7))),
  'torn in one file only': (folder) => {
    const [file = ''] = readdirSync(folder);
    truncateSync(join(folder, file), 100);
  },
};

function forEachFile(folder: string, action: (file: string) => void): void {
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) action(join(folder, file));
}

for (const [name, damage] of Object.entries(damages)) {
  test(`a lexical index whose files are ${name} is made anew from the stored texts`, async () => {
    const driver = await ShardDriver.start(smallSegments);
    const specs = documents(120);
    await driver.commit(specs);
    await driver.work();
    await driver.snapshot();
    await driver.delete(['doc-0', 'doc-77']);
    const dataDir = driver.copyFolder();
    damage(segmentFolder(dataDir));
    const healed = await reopened(driver, dataDir);
    expect(warnings(healed).length).toBeGreaterThan(0);
    const live = specs.filter(({ id }) => id !== 'doc-0' && id !== 'doc-77');
    await expectEachFoundOnce(healed, live);
    await expectNeverFound(healed, ['doc-0', 'doc-77']);
    // Healed for good: the next start finds nothing to complain about.
    const again = await healed.restart();
    expect(warnings(again)).toEqual([]);
    await expectEachFoundOnce(again, live);
  });
}

test('words that another analysis made are made anew, without a warning', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(50);
  await driver.commit(specs);
  await driver.work();
  await driver.snapshot();
  const dataDir = driver.copyFolder();
  const store = open({ path: join(dataDir, 'shard-00'), maxDbs: 16 });
  const rows = store.openDB<Record<string, unknown>, Uint8Array>({
    name: 'segments',
    keyEncoding: 'binary',
    encoding: 'msgpack',
  });
  for (const { key, value } of [...rows.getRange()]) await rows.put(key, { ...value, analyzerVersion: 0 });
  await store.close();
  const next = await reopened(driver, dataDir);
  expect(warnings(next)).toEqual([]);
  expect(next.actor.stats?.()['replay_changes_total']).toBe(50);
  await expectEachFoundOnce(next, specs);
});

test('a folder from before there were words and attributes is upgraded at the next start', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(80).map((spec, i) => ({ ...spec, attributes: { even: i % 2 === 0 } }));
  await driver.commit(specs);
  await driver.work();
  await driver.snapshot();
  const dataDir = driver.copyFolder();
  rmSync(segmentFolder(dataDir), { recursive: true });
  const store = open({ path: join(dataDir, 'shard-00'), maxDbs: 16 });
  for (const name of ['segments', 'attributes', 'label-facts'])
    await store.openDB({ name, keyEncoding: 'binary', encoding: 'binary' }).clearAsync();
  const facts = store.openDB<Record<string, unknown>, string>({ name: 'facts', encoding: 'msgpack' });
  const { attributes: _, ...before } = facts.get('shard') ?? {};
  await facts.put('shard', { ...before, formatVersion: 1 });
  const rows = store.openDB<DocumentRow | DocumentRecord, Uint8Array>({
    name: 'documents',
    keyEncoding: 'binary',
    encoding: 'msgpack',
  });
  for (const { key, value } of [...rows.getRange()]) {
    const { titleLength: __, ...old } = documentRecordOf(value);
    await rows.put(key, old);
  }
  await store.close();
  const upgraded = await reopened(driver, dataDir);
  expect(warnings(upgraded)).toEqual([]);
  await expectEachFoundOnce(upgraded, specs);
  const filter = { type: 'in', field: 'even', values: [true] } as const;
  const constraint = { filter, phrases: [], excludedTerms: [], excludedPhrases: [] };
  expect((await upgraded.search(vector(), { limit: 100, constraint })).length).toBe(40);
  expect((await upgraded.searchWords('case', { limit: 100, constraint })).length).toBe(40);
});

test('what a crash left in the segment folder is removed at the next start', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const specs = documents(40);
  await driver.commit(specs);
  await driver.work();
  await driver.snapshot();
  const dataDir = driver.copyFolder();
  const before = readdirSync(segmentFolder(dataDir));
  for (const orphan of ['1-99-1.words', '1-100-1.words.tmp'])
    writeFileSync(join(segmentFolder(dataDir), orphan), 'half');
  const next = await reopened(driver, dataDir);
  expect(readdirSync(segmentFolder(dataDir)).sort()).toEqual(before.sort());
  await expectEachFoundOnce(next, specs);
});

test('the store may fail at any write of a segment, and nothing is lost or found twice', async () => {
  for (let nth = 0; nth < 8; nth++) {
    let calls = 0;
    let failAt = Number.POSITIVE_INFINITY;
    const freeBytes = () => (calls++ === failAt ? 0 : 2 ** 40);
    const driver = await ShardDriver.start(smallSegments, { faults: { freeBytes } });
    const specs = documents(60);
    await driver.commit(specs);
    failAt = calls + nth;
    await driver.work();
    await driver.snapshot().catch(() => undefined);
    await expectEachFoundOnce(driver, specs);
    failAt = Number.POSITIVE_INFINITY;
    await driver.snapshot();
    const next = await driver.crash();
    await expectEachFoundOnce(next, specs);
    // The second try has saved all.
    expect(next.actor.stats?.()['replay_changes_total']).toBe(0);
    await next.kill();
  }
});

test('a crash at any moment of saving and merging leaves what heals without a warning', async () => {
  const driver = await ShardDriver.start({ ...smallSegments, exactMax: 10_000 });
  const specs = documents(200);
  const copies: string[] = [];
  const folder = segmentFolder(driver.init.dataDir);
  let seen = '';
  const copyWhenChanged = () => {
    const now = readdirSync(folder).join();
    if (now === seen || copies.length === 40) return;
    seen = now;
    copies.push(driver.copyFolder());
  };
  for (let i = 0; i < specs.length; i += 40) {
    await driver.commit(specs.slice(i, i + 40));
    let isDone = false;
    const done = (async () => {
      for (let idle = 0; idle < 20; idle++) {
        await driver.work(20);
        await driver.commit([]);
      }
      await driver.snapshot();
    })().finally(() => {
      isDone = true;
    });
    while (!isDone) {
      copyWhenChanged();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
  }
  expect(copies.length).toBeGreaterThan(10);
  for (const dataDir of copies) {
    const survivor = await reopened(driver, dataDir);
    const { documents: stored } = await survivor.collection();
    await expectEachFoundOnce(survivor, specs.slice(0, stored));
    expect((await survivor.searchWords('about case', { limit: 1_000 })).length).toBe(stored);
    expect(warnings(survivor)).toEqual([]);
    await survivor.kill();
  }
});

test('words and vectors take turns in the background: neither waits for the other to be done', async () => {
  const driver = await ShardDriver.start({ ...smallSegments, exactMax: 10 });
  await driver.commit(documents(400));
  const segments = () => Number(driver.actor.stats?.()['lexical_segments']);
  const before = segments();
  await driver.work(60);
  expect((await driver.collection()).graphVectors).toBeGreaterThanOrEqual(20);
  expect(segments()).not.toBe(before);
  await driver.work();
  expect((await driver.collection()).graphVectors).toBe(400);
});

test('segments that cannot be written are not tried again and again, and lose nothing', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const folder = segmentFolder(driver.init.dataDir);
  rmSync(folder, { recursive: true });
  const specs = documents(320);
  for (let i = 0; i < specs.length; i += 16) {
    await driver.commit(specs.slice(i, i + 16));
    await quiet(driver);
  }
  const errors = driver.context.lines.filter(({ level }) => level === 'error');
  expect(errors.map(({ event }) => event)).toEqual(['lexical segment not saved']);
  await expectEachFoundOnce(driver, specs);
  await expect(driver.snapshot()).rejects.toThrow();
  mkdirSync(folder);
  await driver.snapshot();
  expect(readdirSync(folder).length).toBeGreaterThan(0);
  const next = await driver.crash();
  expect(next.actor.stats?.()['replay_changes_total']).toBe(0);
  await expectEachFoundOnce(next, specs);
});

for (const [stage, filesLeft] of [
  ['rejected', 0],
  ['committed', 1],
] as const) {
  test(`a segment whose row was ${stage} when the disk failed leaves ${filesLeft} files`, async () => {
    const driver = await ShardDriver.start({ exactMax: 10_000 });
    const specs = documents(20);
    await driver.commit(specs);
    const folder = segmentFolder(driver.init.dataDir);
    const write = ShardStore.prototype.write;
    const failing = vi.spyOn(ShardStore.prototype, 'write');
    onTestFinished(() => failing.mockRestore());
    failing.mockImplementation(function (this: ShardStore, change) {
      // There is no row yet, so the file is that of the one that is to be written.
      if (readdirSync(folder).length === 0) return write.call(this, change) as never;
      throw new KmsError('unavailable', 'no disk', { facts: { stage } });
    });
    await expect(driver.snapshot()).rejects.toMatchObject({ code: 'unavailable' });
    expect(readdirSync(folder).length).toBe(filesLeft);
    failing.mockRestore();
    await driver.snapshot();
    const next = await driver.crash();
    expect(readdirSync(segmentFolder(next.init.dataDir)).length).toBe(1);
    await expectEachFoundOnce(next, specs);
  });
}

test('a transaction that comes to nothing leaves no words behind', async () => {
  const driver = await ShardDriver.start(smallSegments);
  const [good, bad] = documents(2) as [DocumentSpec, DocumentSpec];
  // No message can hold such a value; here it makes the store throw in the middle of the batch.
  const attributes = { tooLarge: 2n ** 80n } as never;
  await expect(driver.commit([good, { ...bad, attributes }])).rejects.toThrow();
  expect(driver.actor.stats?.()).toMatchObject({ lexical_documents: 0, tail_vectors: 0 });
  await driver.commit([good]);
  expect(driver.actor.stats?.()['lexical_documents']).toBe(1);
  await expectEachFoundOnce(driver, [good]);
});
