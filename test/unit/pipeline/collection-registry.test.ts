import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { type CollectionRecord, CollectionRegistry } from '../../../src/pipeline/collection-registry.ts';

const space = { model: 'm', dimensions: 3, normalisation: 'unit', cleanerVersion: 1 } as const;
const generation = 'm@3:unit:c1';

function registryOver(
  records: CollectionRecord[],
  putCollection: (record: CollectionRecord) => Promise<void>,
) {
  return new CollectionRegistry({
    store: { collections: () => records, putCollection },
    space,
    epochMs: () => 42,
  });
}

test('a collection exists once its record is on disk, written once for all who wait for it', async () => {
  const written: CollectionRecord[] = [];
  const disk = deferred<void>();
  const registry = registryOver([], (record) => {
    written.push(record);
    return disk.promise;
  });
  const both = Promise.all([registry.ensure('cases'), registry.ensure('cases')]);
  expect(registry.has('cases')).toBe(false);
  expect(() => registry.require('cases')).toThrow(expect.objectContaining({ code: 'not_found' }));
  disk.resolve();
  await both;
  registry.require('cases');
  expect(written).toEqual([{ name: 'cases', generation, createdTimeMs: 42 }]);
});

test('a collection that could not be written does not exist, and can be tried again', async () => {
  let attempts = 0;
  const registry = registryOver([], async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('disk full');
  });
  await expect(registry.ensure('cases')).rejects.toThrow('disk full');
  expect(registry.has('cases')).toBe(false);
  await registry.ensure('cases');
  expect(registry.has('cases')).toBe(true);
});

test('a collection of another vector space is neither searched nor written', async () => {
  const old = { name: 'cases', generation: 'old@3:unit:c1', createdTimeMs: 0 };
  const registry = registryOver([old], async () => {});
  expect(() => registry.require('cases')).toThrow(expect.objectContaining({ code: 'failed_precondition' }));
  await expect(registry.ensure('cases')).rejects.toMatchObject({ code: 'failed_precondition' });
});
