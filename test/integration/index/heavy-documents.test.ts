// Documents with as many attribute values as the limits allow: each of them changes as many rows as a usual batch.

import { afterEach, expect, test, vi } from 'vitest';
import { limits } from '../../../src/model/limits.ts';
import { rebuildAttributes } from '../../../src/storage/attribute-rebuild.ts';
import { ShardStore } from '../../../src/storage/shard-store.ts';
import { attributeStepsMax } from '../../../src/storage/shard-writer.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';

const random = randomFrom(20_261_126);
const valuesEach = limits.attributesMax * limits.attributeListMax;
/** One whose last document begins just below the bound. */
const documentsPerWrite = Math.ceil(attributeStepsMax / valuesEach);

function heavyDocument(i: number): DocumentSpec {
  const list = (name: number) =>
    Array.from({ length: limits.attributeListMax }, (_, entry) => `${i}-${name}-${entry}`);
  const attributes = Object.fromEntries(
    Array.from({ length: limits.attributesMax }, (_, name) => [`list${name}`, list(name)]),
  );
  return { id: `doc-${i}`, vectors: [unitVector(random, 8)], contentHash: `hash-${i}`, attributes };
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('documents with very many attributes share a transaction with few others, and come and go whole', async () => {
  const driver = await ShardDriver.start();
  const write = vi.spyOn(ShardStore.prototype, 'write');
  const progress = vi.spyOn(driver.context, 'progress');
  const specs = Array.from({ length: 2 * documentsPerWrite + 1 }, (_, i) => heavyDocument(i));
  const receipts = await driver.commit(specs);
  expect(write).toHaveBeenCalledTimes(3);
  expect(progress.mock.calls.length).toBeGreaterThanOrEqual(3);
  const sequences = receipts.map((receipt) => (receipt.type === 'written' ? receipt.commitSequence : null));
  expect(sequences).toEqual(specs.map((_, i) => i + 1));
  for (const { id, vectors } of specs)
    expect((await driver.search(vectors[0] as Float32Array, { limit: 1 }))[0]?.id).toBe(id);
  const again = await driver.commit(specs);
  expect(again.map(({ type }) => type)).toEqual(specs.map(() => 'identical'));
  // Nothing was changed, so there was nothing to divide.
  expect(write).toHaveBeenCalledTimes(4);
  expect(await driver.delete(specs.map(({ id }) => id))).toHaveLength(specs.length);
  expect(write).toHaveBeenCalledTimes(7);
  expect((await driver.collection()).documents).toBe(0);
}, 120_000);

test('indexes made anew from such documents are made in as small steps', async () => {
  const driver = await ShardDriver.start();
  let store: ShardStore | null = null;
  const write = vi.spyOn(ShardStore.prototype, 'write').mockImplementation(function (
    this: ShardStore,
    change,
  ) {
    store = this;
    write.mockRestore();
    return this.write(change);
  });
  const specs = Array.from({ length: documentsPerWrite + 1 }, (_, i) => heavyDocument(i));
  await driver.commit(specs);
  if (store === null) throw new Error('the commit wrote nothing');
  const told: number[] = [];
  await rebuildAttributes(store, { onProgress: ({ done }) => told.push(done) });
  expect(told.filter((done) => done > 0)).toEqual([documentsPerWrite, documentsPerWrite + 1]);
}, 120_000);
