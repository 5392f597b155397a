// What a shard's store keeps in memory for its searches says the same as the rows on disk, also while a write is under way.

import { expect, test } from 'vitest';
import type { DocumentRecord } from '../../../src/storage/document-record.ts';
import type { ShardStore } from '../../../src/storage/shard-store.ts';
import { openShardStore } from '../../support/shard-store.ts';

const collection = 'cases';

function put(store: ShardStore, ids: readonly string[], chunks = 1): Promise<void> {
  return store.write((writer) => {
    for (const id of ids) {
      const replaced = writer.document({ collection, id });
      const labels = writer.takeLabels(chunks);
      const commitSequence = writer.nextSequence();
      const record: DocumentRecord = {
        title: '',
        body: 'körper',
        mediaType: 'text/plain',
        attributes: [
          ['__proto__', { timeMs: 5 }],
          ['tags', ['a', 'b']],
        ],
        updateTimeMs: null,
        contentHash: `${commitSequence}`,
        attributesHash: '',
        text: 'text',
        spans: [0, 4],
        titleLength: 0,
        labels,
        generation: 'g',
        commitSequence,
        commitTimeMs: 1_700_000_000_000,
      };
      writer.put({ collection, id }, record, replaced, new Float32Array(chunks * 2));
    }
  });
}

const numberOf = (store: ShardStore) => store.collection(collection)?.number ?? 0;

test('a record is read as it was written', async () => {
  const store = openShardStore({ dimensions: 2 });
  await put(store, ['a']);
  const [{ record } = { record: null }] = store.documents(collection, null, 10);
  expect(record).toEqual(store.document({ collection, id: 'a' }));
  expect(record).toMatchObject({ body: 'körper', labels: { first: 1, count: 1 }, titleLength: 0 });
  expect(record?.attributes).toEqual([
    ['__proto__', { timeMs: 5 }],
    ['tags', ['a', 'b']],
  ]);
});

test('a label that was asked for is gone when the write that removes it is', async () => {
  const store = openShardStore({ dimensions: 2 });
  await put(store, ['a', 'b'], 2);
  const number = numberOf(store);
  expect([1, 2, 3, 4].map((label) => store.label(number, label))).toEqual([
    ['a', 0],
    ['a', 1],
    ['b', 0],
    ['b', 1],
  ]);
  const replacing = put(store, ['a'], 1);
  // Reads may see the old rows or the new ones: never a mixture, and never the old ones afterwards.
  for (let turn = 0; turn < 20; turn++) {
    const seen = [1, 2, 5].map((label) => store.label(number, label)?.[0] ?? null);
    expect([
      ['a', 'a', null],
      [null, null, 'a'],
    ]).toContainEqual(seen);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await replacing;
  expect([1, 2, 5].map((label) => store.label(number, label))).toEqual([undefined, undefined, ['a', 0]]);
  expect(store.label(number + 1, 5)).toBeUndefined();
});

test('a write that fails removes nothing', async () => {
  const store = openShardStore({ dimensions: 2 });
  await put(store, ['a']);
  const number = numberOf(store);
  expect(store.label(number, 1)).toEqual(['a', 0]);
  const failing = store.write((writer) => {
    const record = writer.document({ collection, id: 'a' });
    if (record !== undefined) writer.remove({ collection, id: 'a' }, record);
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow();
  expect(store.label(number, 1)).toEqual(['a', 0]);
  expect(store.collection(collection)?.documents).toBe(1);
});

test('the counts of a collection are those of the last write', async () => {
  const store = openShardStore({ dimensions: 2 });
  for (let round = 1; round <= 5; round++) {
    const writing = put(store, [`doc-${round}`]);
    store.collection(collection);
    store.collections();
    await writing;
    expect(store.collection(collection)?.documents).toBe(round);
    expect(store.collections().map(({ documents }) => documents)).toEqual([round]);
  }
});
