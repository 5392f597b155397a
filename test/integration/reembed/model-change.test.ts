// A collection moves to another model while it is searched and written: the built-in model in full precision is a real
// second model that needs no network.

import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { type EngineInProcess, startEngine } from '../../support/engine-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const collection = 'cases';
const before = 'minilm-l6-v2/int8@384:unit:c1';
const after = 'minilm-l6-v2/fp32@384:unit:c1';
const fp32 = { provider: 'minilm', model: 'fp32', dimensions: 0 };
const env = { KMS_SHARDS: '2', KMS_EMBED_THREADS_MAX: '1' };
const devices = ['gateway', 'printer', 'router', 'scanner', 'sensor', 'switch'];

function documentOf(i: number, more = '') {
  const device = devices[i % devices.length];
  const title = `${device} ${i} fails after update ${i % 7}`;
  return {
    id: `doc-${i}`,
    collection,
    title,
    body: `The ${device} of site ${i} shows error ${i * 3}. ${more}`,
  };
}

async function load(engine: EngineInProcess, count: number) {
  const documents = Array.from({ length: count }, (_, i) => documentOf(i));
  const { results } = await engine.client.batchUpsertDocuments({ documents });
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['OUTCOME_INDEXED']));
}

async function stateOf(engine: EngineInProcess) {
  const { reembed } = await engine.client.getReembed({ collection });
  return reembed;
}

async function untilState(engine: EngineInProcess, state: string) {
  await expect.poll(async () => (await stateOf(engine))?.state, { timeout: 60_000 }).toBe(state);
  return stateOf(engine);
}

async function generationsOf(engine: EngineInProcess, text: string) {
  const { hits } = await engine.client.search({
    text,
    mode: 'SEARCH_MODE_SEMANTIC',
    collections: [collection],
    limit: 10,
  });
  return new Set(hits.map(({ generation }) => generation));
}

async function idsOf(engine: EngineInProcess) {
  const { documents } = await engine.client.listDocuments({ collection, pageSize: 1_000 });
  return documents.map(({ id }) => id).sort();
}

test('a model change under live traffic serves every query, and no answer mixes generations', {
  timeout: 180_000,
}, async () => {
  const engine = await startEngine(temporaryFolder(), env);
  await load(engine, 120);
  const { client } = engine;
  const searches: { generations: string[]; startedIn: string; endedIn: string }[] = [];
  /** What has been asked for: `switching` while the switch is under way. */
  let phase = 'before';
  let isOver = false;
  const failures: unknown[] = [];
  const searching = (async () => {
    for (let i = 0; !isOver; i++) {
      const startedIn = phase;
      const { hits } = await client.search({
        text: `${devices[i % 6]} fails`,
        mode: 'SEARCH_MODE_SEMANTIC',
        limit: 10,
      });
      const generations = [...new Set(hits.map(({ generation }) => generation))];
      searches.push({ generations, startedIn, endedIn: phase });
    }
  })().catch((error: unknown) => failures.push(error));
  const written: string[] = [];
  const writing = (async () => {
    for (let i = 1_000; !isOver; i++) {
      await client.upsertDocument({ document: documentOf(i, 'Live.') });
      written.push(`doc-${i}`);
      if (i % 5 !== 0) continue;
      await client.deleteDocument({ collection, id: `doc-${i}` });
      written.pop();
    }
  })().catch((error: unknown) => failures.push(error));

  const { reembed: started } = await client.startReembed({ collection, model: fp32 });
  expect(started).toMatchObject({
    state: 'REEMBED_STATE_FILLING',
    generation: before,
    otherGeneration: after,
  });
  await untilState(engine, 'REEMBED_STATE_READY');
  const { reembed: compared } = await client.getReembed({ collection, compare: true });
  expect(compared?.comparison?.queries).toBe(50);
  expect(compared?.comparison?.overlap).toBeGreaterThan(0.5);
  expect(compared?.comparison?.rankAgreement).toBeGreaterThan(0.5);
  phase = 'switching';
  await client.switchReembed({ collection });
  phase = 'after';
  const count = searches.length;
  await expect.poll(() => searches.length, { timeout: 30_000 }).toBeGreaterThan(count + 20);
  isOver = true;
  await Promise.all([searching, writing]);

  expect(failures).toEqual([]);
  for (const { generations, startedIn, endedIn } of searches) {
    expect(generations).toHaveLength(1);
    if (endedIn === 'before') expect(generations).toEqual([before]);
    if (startedIn === 'after') expect(generations).toEqual([after]);
  }
  expect(searches.some(({ endedIn }) => endedIn === 'before')).toBe(true);
  expect(searches.some(({ startedIn }) => startedIn === 'after')).toBe(true);
  const ids = Array.from({ length: 120 }, (_, i) => `doc-${i}`);
  expect(await idsOf(engine)).toEqual([...ids, ...written].sort());
  await engine.stop();
});

test('a rollback answers from the old generation, with everything that was written after the switch', {
  timeout: 120_000,
}, async () => {
  const engine = await startEngine(temporaryFolder(), env);
  await load(engine, 20);
  const { client } = engine;
  await client.startReembed({ collection, model: fp32 });
  await untilState(engine, 'REEMBED_STATE_READY');
  await client.switchReembed({ collection });
  await client.upsertDocument({ document: documentOf(500, 'Written after the switch.') });
  await client.deleteDocument({ collection, id: 'doc-3' });
  await client.upsertDocument({ document: documentOf(4, 'Changed after the switch.') });
  const { reembed } = await client.rollbackReembed({ collection });

  expect(reembed).toMatchObject({ state: 'REEMBED_STATE_READY', generation: before, otherGeneration: after });
  expect(await generationsOf(engine, 'gateway fails')).toEqual(new Set([before]));
  const ids = await idsOf(engine);
  expect(ids).toContain('doc-500');
  expect(ids).not.toContain('doc-3');
  const { document } = await client.getDocument({ collection, id: 'doc-4' });
  expect(document).toMatchObject({ generation: before });
  expect(document?.body).toContain('Changed after the switch.');
  await engine.stop();
});

test('a move goes on after a restart, whatever is in the second generation by then, and embeds nothing twice', {
  timeout: 180_000,
}, async () => {
  const dataDir = temporaryFolder();
  const first = await startEngine(dataDir, env);
  await load(first, 300);
  await first.client.startReembed({ collection, model: fp32 });
  await expect
    .poll(async () => Number((await stateOf(first))?.progress?.written), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await first.stop();

  const second = await startEngine(dataDir, env);
  const reembed = await untilState(second, 'REEMBED_STATE_READY');
  const { written, unchanged } = reembed?.progress ?? {};
  expect(Number(unchanged)).toBeGreaterThan(0);
  expect(Number(written) + Number(unchanged)).toBe(300);
  await second.client.switchReembed({ collection });
  expect((await idsOf(second)).length).toBe(300);
  expect(await generationsOf(second, 'printer fails')).toEqual(new Set([after]));
  await second.stop();

  const third = await startEngine(dataDir, env);
  expect(await generationsOf(third, 'printer fails')).toEqual(new Set([after]));
  await third.client.upsertDocument({ document: { ...documentOf(1), collection: 'articles' } });
  const mixed = third.client.search({ text: 'printer' });
  await expect(mixed).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  await third.stop();
});

test('a dropped generation is gone, and the collection can be moved again', {
  timeout: 120_000,
}, async () => {
  const dataDir = temporaryFolder();
  const engine = await startEngine(dataDir, env);
  await load(engine, 10);
  const { client } = engine;
  const none = client.dropGeneration({ collection });
  await expect(none).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  await client.startReembed({ collection, model: fp32 });
  const again = client.startReembed({ collection, model: fp32 });
  await expect(again).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  await untilState(engine, 'REEMBED_STATE_READY');
  await client.switchReembed({ collection });
  await client.dropGeneration({ collection });
  const idle = await untilState(engine, 'REEMBED_STATE_IDLE');
  expect(idle).toMatchObject({ generation: after, otherGeneration: '' });
  await client.startReembed({ collection, model: { provider: 'minilm', model: 'int8', dimensions: 0 } });
  await untilState(engine, 'REEMBED_STATE_READY');
  await client.deleteDocument({ collection, id: 'doc-1' });
  await client.switchReembed({ collection });
  await client.dropGeneration({ collection });
  await untilState(engine, 'REEMBED_STATE_IDLE');
  expect(await generationsOf(engine, 'printer fails')).toEqual(new Set([before]));
  expect(await idsOf(engine)).toHaveLength(9);
  await engine.stop();
});

test('another model in the settings is for new collections; the others answer from their own', {
  timeout: 120_000,
}, async () => {
  const dataDir = temporaryFolder();
  const first = await startEngine(dataDir, env);
  await load(first, 10);
  await first.stop();
  const second = await startEngine(dataDir, { ...env, KMS_EMBED_MODEL: 'fp32' });
  const { client } = second;
  expect(await generationsOf(second, 'printer fails')).toEqual(new Set([before]));
  await client.upsertDocument({ document: documentOf(50) });
  await client.upsertDocument({ document: { ...documentOf(1), collection: 'articles' } });
  const { document } = await client.getDocument({ collection: 'articles', id: 'doc-1' });
  expect(document?.generation).toBe(after);
  const both = [{ collections: ['cases'] }, { collections: ['articles'] }];
  const { responses } = await client.batchSearch({
    requests: both.map((scope) => ({ ...scope, text: 'printer', mode: 'SEARCH_MODE_SEMANTIC' as const })),
  });
  const generations = responses.map(({ hits }) => [...new Set(hits.map(({ generation }) => generation))]);
  expect(generations).toEqual([[before], [after]]);
  const { collections } = await client.getStatus({});
  expect(collections.map((row) => [row.collection, row.documents, row.generation])).toEqual([
    ['articles', '1', after],
    ['cases', '11', before],
  ]);
  await client.startReembed({ collection, model: fp32 });
  await untilState(second, 'REEMBED_STATE_READY');
  await client.switchReembed({ collection });
  await client.dropGeneration({ collection });
  await untilState(second, 'REEMBED_STATE_IDLE');
  const { hits } = await client.search({ text: 'printer fails', mode: 'SEARCH_MODE_SEMANTIC' });
  expect(new Set(hits.map(({ generation }) => generation))).toEqual(new Set([after]));
  await second.stop();
  const third = await startEngine(dataDir, { ...env, KMS_EMBED_MODEL: 'fp32' });
  expect(await idsOf(third)).toHaveLength(11);
  await third.stop();
});
