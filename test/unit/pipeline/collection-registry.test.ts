import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { type CollectionRecord, CollectionRegistry } from '../../../src/pipeline/collection-registry.ts';
import { collectionRecord, recordStore } from '../../support/model-space.ts';

const space = { model: 'm', dimensions: 3, normalisation: 'unit', cleanerVersion: 1 } as const;
const generation = 'm@3:unit:c1';

function registryOver(
  records: CollectionRecord[],
  putCollection: (record: CollectionRecord) => Promise<void>,
) {
  return new CollectionRegistry({
    store: { ...recordStore(records), putCollection },
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
  expect(written).toEqual([collectionRecord('cases', generation, { createdTimeMs: 42 })]);
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

test('a collection of another generation than new ones get is served on from its own', async () => {
  const registry = registryOver([collectionRecord('cases', 'old@3:unit:c1')], async () => {});
  expect(registry.generationOf('cases')).toBe('old@3:unit:c1');
  expect(registry.generationOf('not yet made')).toBe(generation);
  await registry.ensure('articles');
  expect([...registry.servingGenerations].sort()).toEqual([generation, 'old@3:unit:c1']);
});

test('a changed record shows when it is on disk, together with what is confirmed', async () => {
  const disk = deferred<void>();
  const store = { ...recordStore([collectionRecord('cases', 'old')]), replaceCollection: () => disk.promise };
  const registry = new CollectionRegistry({ store, space, epochMs: () => 42 });
  const seen: string[] = [];
  const change = { generation: 'new', previous: 'old' };
  const updated = registry.update('cases', change, () => {
    seen.push(registry.generationOf('cases'));
    queueMicrotask(() => seen.push(registry.generationOf('cases')));
    return true;
  });
  expect(registry.generationOf('cases')).toBe('old');
  disk.resolve();
  expect(await updated).toBe(true);
  expect(seen).toEqual(['old', 'new']);
});

test('a change that is not confirmed any more is put back on disk', async () => {
  const store = recordStore([collectionRecord('cases', 'old')]);
  const registry = new CollectionRegistry({ store, space, epochMs: () => 42 });
  expect(await registry.update('cases', { generation: 'new' }, () => false)).toBe(false);
  expect(registry.generationOf('cases')).toBe('old');
  expect(store.written.map((record) => record.generation)).toEqual(['new', 'old']);
});
