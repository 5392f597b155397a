import { open } from 'lmdb';
import { expect, test } from 'vitest';
import { CommitSequence } from '../../../src/storage/commit-sequence.ts';
import { type DocumentRecord, noLabels } from '../../../src/storage/document-record.ts';
import type { ShardWriter } from '../../../src/storage/shard-writer.ts';
import { openShardStore } from '../../support/shard-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dimensions = 4;

function record(overrides: Partial<DocumentRecord> = {}): DocumentRecord {
  return {
    title: 'title',
    body: 'body',
    mediaType: 'text/plain',
    attributes: [],
    updateTimeMs: null,
    contentHash: 'hash',
    attributesHash: 'hash',
    text: 'title\nbody',
    spans: [0, 10],
    labels: noLabels,
    generation: 'g',
    commitSequence: 1,
    commitTimeMs: 0,
    ...overrides,
  };
}

function put(writer: ShardWriter, id: string, collection = 'cases'): DocumentRecord {
  const key = { collection, id };
  const labels = writer.takeLabels(1);
  const written = record({ labels, commitSequence: writer.nextSequence() });
  writer.put(key, written, writer.document(key), new Float32Array(dimensions).fill(labels.first));
  return written;
}

test('a change that throws leaves nothing behind, and its neighbours are written', async () => {
  const store = openShardStore({ dimensions });
  const failing = store.write((writer) => {
    put(writer, 'half');
    throw new Error('on purpose');
  });
  const good = store.write((writer) => put(writer, 'good'));
  await expect(failing).rejects.toMatchObject({ code: 'unavailable' });
  await good;
  expect(store.document({ collection: 'cases', id: 'half' })).toBeUndefined();
  expect(store.document({ collection: 'cases', id: 'good' })).toBeDefined();
  expect(store.collection('cases')).toMatchObject({ documents: 1, vectors: 1 });
});

test('a label is never given twice: not after an abort, a delete, or a restart', async () => {
  const dataDir = temporaryFolder();
  const store = openShardStore({ dimensions, dataDir });
  const first = await store.write((writer) => put(writer, 'a'));
  await expect(
    store.write((writer) => {
      put(writer, 'b');
      throw new Error('on purpose');
    }),
  ).rejects.toThrow();
  const second = await store.write((writer) => put(writer, 'b'));
  await store.write((writer) => writer.remove({ collection: 'cases', id: 'b' }, second));
  await store.close();
  const reopened = openShardStore({ dimensions, dataDir });
  const third = await reopened.write((writer) => put(writer, 'c'));
  expect(first.labels.first).toBe(1);
  expect(second.labels.first).toBe(3);
  expect(third.labels.first).toBe(4);
  expect([...(reopened.vector(4) ?? [])]).toEqual([4, 4, 4, 4]);
});

test('sequence numbers of a shard grow over restarts, whatever the shared counter starts with', async () => {
  const dataDir = temporaryFolder();
  const sequence = new CommitSequence();
  sequence.raiseTo(500);
  const store = openShardStore({ dimensions, dataDir, sequence });
  expect((await store.write((writer) => put(writer, 'a'))).commitSequence).toBe(501);
  await store.close();
  const reopened = openShardStore({ dimensions, dataDir, sequence: new CommitSequence() });
  expect((await reopened.write((writer) => put(writer, 'a'))).commitSequence).toBe(502);
});

test('documents are listed by the bytes of their ids, within their collection only', async () => {
  const store = openShardStore({ dimensions });
  const ids = ['b', 'a', 'a b', 'a\u0001', 'ä', '\u{1F600}', '\uFFFD', 'x'.repeat(512)];
  await store.write((writer) => {
    for (const id of ids) put(writer, id);
    put(writer, 'other', 'cases-2');
    put(writer, 'other', 'cases.');
  });
  const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const listed: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = store.documents('cases', after, 3);
    listed.push(...page.map(({ id }) => id));
    after = page.at(-1)?.id ?? null;
    if (page.length < 3) break;
  }
  expect(listed).toEqual(sorted);
});

test('an attribute may have any name', async () => {
  const store = openShardStore({ dimensions });
  const attributes = [['__proto__', 'x'] as const, ['constructor', { timeMs: 5 }] as const];
  await store.write((writer) => {
    writer.put(
      { collection: 'cases', id: 'a' },
      record({ attributes, commitSequence: writer.nextSequence() }),
      undefined,
      null,
    );
  });
  expect(store.document({ collection: 'cases', id: 'a' })?.attributes).toEqual(attributes);
});

test('the log is truncated up to a number and no further', async () => {
  const store = openShardStore({ dimensions });
  await store.write((writer) => {
    for (let i = 0; i < 10; i++) put(writer, `doc-${i}`);
  });
  expect(await store.write((writer) => writer.truncateLog(6, 4))).toBe(4);
  expect(await store.write((writer) => writer.truncateLog(6, 4))).toBe(2);
  expect(store.changesAfter(0, 100).map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10]);
});

test('a change of the log is read as it was written, in the older form too', async () => {
  const dataDir = temporaryFolder();
  const store = openShardStore({ dimensions, dataDir });
  const written = await store.write((writer) => put(writer, 'a'));
  const key = { collection: 'cases', id: 'a' };
  await store.write((writer) => writer.remove(key, written));
  const changes = store.changesAfter(0, 10);
  expect(changes.map(({ change }) => change)).toEqual([
    { type: 'upsert', collection: 1, id: 'a', added: written.labels, removed: { first: 0, count: 0 } },
    { type: 'delete', collection: 1, id: 'a', added: { first: 0, count: 0 }, removed: written.labels },
  ]);
  const { folder } = store;
  await store.close();
  // What an engine of format 2 wrote.
  const root = open({ path: folder, maxDbs: 16 });
  const log = root.openDB({ name: 'log', encoding: 'msgpack' });
  for (const { sequence, change } of changes) await log.put(sequence, change);
  const facts = root.openDB({ name: 'facts', encoding: 'msgpack' });
  await facts.put('shard', { ...facts.get('shard'), formatVersion: 2 });
  await root.close();
  expect(openShardStore({ dimensions, dataDir }).changesAfter(0, 10)).toEqual(changes);
});

test('a folder made for another shard, count or dimension is refused by name', async () => {
  const dataDir = temporaryFolder();
  const store = openShardStore({ dimensions, dataDir });
  await store.write((writer) => put(writer, 'a'));
  await store.close();
  for (const other of [{ shardCount: 2 }, { dimensions: 8 }]) {
    const [fact] = Object.keys(other);
    expect(() => openShardStore({ dimensions, dataDir, ...other })).toThrowError(
      expect.objectContaining({ code: 'failed_precondition', facts: expect.objectContaining({ fact }) }),
    );
  }
});

test('after a flush has failed nothing more is written', async () => {
  let flushed: () => PromiseLike<unknown> = () => Promise.resolve();
  const store = openShardStore({ dimensions, flushed: () => flushed() });
  await store.write((writer) => put(writer, 'a'));
  flushed = () => Promise.reject(new Error('EIO'));
  await expect(store.write((writer) => put(writer, 'b'))).rejects.toMatchObject({ code: 'unavailable' });
  flushed = () => Promise.resolve();
  await expect(store.write((writer) => put(writer, 'c'))).rejects.toMatchObject({ code: 'unavailable' });
  expect(() => store.checkSpace(0)).toThrowError(expect.objectContaining({ code: 'unavailable' }));
});

test('a map that is nearly full refuses before LMDB does, and deleting makes room', async () => {
  const store = openShardStore({ dimensions, mapBytesMax: 4 * 2 ** 20 });
  const big = 'x'.repeat(200_000);
  const ids: string[] = [];
  let refusal: unknown = null;
  for (let i = 0; i < 100 && refusal === null; i++) {
    try {
      store.checkSpace(big.length);
      await store.write((writer) => {
        const key = { collection: 'cases', id: `doc-${i}` };
        writer.put(key, record({ body: big, commitSequence: writer.nextSequence() }), undefined, null);
      });
      ids.push(`doc-${i}`);
    } catch (error) {
      refusal = error;
    }
  }
  expect(refusal).toMatchObject({ code: 'resource_exhausted' });
  expect(ids.length).toBeGreaterThan(5);
  await store.write((writer) => {
    for (const id of ids.slice(0, -2)) {
      const stored = writer.document({ collection: 'cases', id });
      if (stored !== undefined) writer.remove({ collection: 'cases', id }, stored);
    }
  });
  expect(() => store.checkSpace(big.length)).not.toThrow();
});
