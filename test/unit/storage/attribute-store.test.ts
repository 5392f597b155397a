// When the secondary indexes count as complete, and that they share the fate of their transaction.

import { open } from 'lmdb';
import { expect, test } from 'vitest';
import { rebuildAttributes } from '../../../src/storage/attribute-rebuild.ts';
import { factsKey } from '../../../src/storage/shard-databases.ts';
import type { ShardStore } from '../../../src/storage/shard-store.ts';
import type { ShardWriter } from '../../../src/storage/shard-writer.ts';
import { shardFolder } from '../../../src/storage/state-store.ts';
import { openShardStore } from '../../support/shard-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function openStore(dataDir: string): ShardStore {
  return openShardStore({ dataDir, dimensions: 1, mapBytesMax: 2 ** 26 });
}

function put(
  writer: ShardWriter,
  id: string,
  status: string,
  more: readonly (readonly [string, readonly string[]])[] = [],
): void {
  const key = { collection: 'cases', id };
  const stored = writer.document(key);
  const labels = writer.takeLabels(1);
  const record = {
    title: '',
    body: '',
    mediaType: 'text/plain',
    attributes: [['status', status], ...more] as const,
    updateTimeMs: null,
    contentHash: 'h',
    attributesHash: 'h',
    text: 'text',
    spans: [0, 4],
    labels,
    generation: 'g',
    commitSequence: writer.nextSequence(),
    commitTimeMs: 0,
  } as const;
  writer.put(key, record, stored, new Float32Array(1));
}

function rowsOf(store: ShardStore, status: string): number {
  let rows = 0;
  store.attributes.equal(1, 'status', status, () => {
    rows++;
  });
  return rows;
}

/** The facts as another engine would have left them. */
async function changeFacts(
  dataDir: string,
  change: (facts: Record<string, unknown>) => object,
): Promise<void> {
  const root = open({ path: shardFolder(dataDir, 0), maxDbs: 16 });
  const facts = root.openDB<object, string>({ name: 'facts', encoding: 'msgpack' });
  await facts.put(factsKey, change({ ...facts.get(factsKey) }));
  await root.close();
}

test('a new folder has its indexes from the first document on', async () => {
  const dataDir = temporaryFolder();
  const store = openStore(dataDir);
  expect(store.hasAttributes).toBe(true);
  await store.write((writer) => put(writer, 'a', 'open'));
  expect(store.hasAttributes).toBe(true);
  expect(store.attributes.hasField(1, 'status')).toBe(true);
  expect(store.attributes.hasField(1, 'statu')).toBe(false);
  expect(store.attributes.hasField(2, 'status')).toBe(false);
  await store.close();
  expect(openStore(dataDir).hasAttributes).toBe(true);
});

test.each([
  ['wrote no indexes', ({ attributes: _attributes, ...facts }: Record<string, unknown>) => facts],
  ['wrote documents behind their back', (facts: Record<string, unknown>) => ({ ...facts, lastSequence: 99 })],
  [
    'wrote them differently',
    (facts: Record<string, unknown>) => ({ ...facts, attributes: { version: 0, sequence: 1 } }),
  ],
])('after an engine that %s they are made anew', async (_, change) => {
  const dataDir = temporaryFolder();
  const first = openStore(dataDir);
  await first.write((writer) => put(writer, 'a', 'open'));
  await first.close();
  await changeFacts(dataDir, change);
  const second = openStore(dataDir);
  expect(second.hasAttributes).toBe(false);
  // A write in between does not make them whole.
  await second.write((writer) => put(writer, 'b', 'closed'));
  expect(second.hasAttributes).toBe(false);
  await rebuildAttributes(second, { onProgress: () => undefined });
  expect(second.hasAttributes).toBe(true);
  expect([rowsOf(second, 'open'), rowsOf(second, 'closed')]).toEqual([1, 1]);
});

test('what was begun anew and not finished is begun again', async () => {
  const dataDir = temporaryFolder();
  const first = openStore(dataDir);
  await first.write((writer) => put(writer, 'a', 'open'));
  await first.write((writer) => writer.clearAttributes());
  await first.close();
  const second = openStore(dataDir);
  expect(second.hasAttributes).toBe(false);
  await rebuildAttributes(second, { onProgress: () => undefined });
  await second.close();
  const third = openStore(dataDir);
  expect(third.hasAttributes).toBe(true);
  expect(rowsOf(third, 'open')).toBe(1);
});

test('a transaction that is undone leaves no row behind', async () => {
  const store = openStore(temporaryFolder());
  await store.write((writer) => put(writer, 'a', 'open'));
  const failing = store.write((writer) => {
    put(writer, 'a', 'closed');
    writer.finish();
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow();
  expect([rowsOf(store, 'open'), rowsOf(store, 'closed')]).toEqual([1, 0]);
  expect(store.attributes.facts(1)?.attributes).toEqual({ status: 'open' });
});

test('the last document of a value takes the row with it', async () => {
  const store = openStore(temporaryFolder());
  await store.write((writer) => put(writer, 'a', 'open'));
  await store.write((writer) => put(writer, 'a', 'closed'));
  expect([rowsOf(store, 'open'), rowsOf(store, 'closed')]).toEqual([0, 1]);
  await store.write((writer) => {
    const key = { collection: 'cases', id: 'a' };
    const stored = writer.document(key);
    if (stored !== undefined) writer.remove(key, stored);
  });
  expect(rowsOf(store, 'closed')).toBe(0);
  expect(store.attributes.hasField(1, 'status')).toBe(false);
  expect(store.attributes.facts(2)).toBeUndefined();
});

test('a transaction that changes more sets than are gathered at once ends with the same rows', async () => {
  const store = openStore(temporaryFolder());
  const listsOf = (prefix: string) =>
    Array.from({ length: 63 }, (_, field) => {
      const texts = Array.from({ length: 256 }, (_each, i) => `${prefix}${i}`);
      return [`list-${field}`, texts] as const;
    });
  await store.write((writer) => {
    put(writer, 'a', 'open', listsOf('x'));
    put(writer, 'b', 'open', listsOf('x'));
    put(writer, 'a', 'closed', listsOf('y'));
    put(writer, 'a', 'open', listsOf('x'));
  });
  const labels: number[] = [];
  store.attributes.equal(1, 'list-62', 'x255', (_block, row) =>
    labels.push(row[0] as number, row[2] as number),
  );
  expect(labels).toEqual([2, 4]);
  expect(rowsOf(store, 'closed')).toBe(0);
  store.attributes.equal(1, 'list-0', 'y0', () => expect.unreachable());
});
