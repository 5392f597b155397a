// A kill in the middle of a model change costs time only: the move goes on where the stores stand.

import { expect, test } from 'vitest';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const collection = 'cases';
const count = 400;
const after = 'minilm-l6-v2/fp32@384:unit:c1';

async function reembedOf(engine: EngineProcess) {
  return (await engine.client.getReembed({ collection })).reembed;
}

test('an engine that is killed while it fills a second generation goes on with it', {
  timeout: 240_000,
}, async () => {
  const options = { dataDir: temporaryFolder(), env: { KMS_SHARDS: '1', KMS_EMBED_THREADS_MAX: '1' } };
  let engine = await (await EngineProcess.start(options)).ready();
  const documents = Array.from({ length: count }, (_, i) => ({
    id: `doc-${i}`,
    title: `Printer ${i} fails`,
    body: `The printer of room ${i} shows error ${i * 7} since the update.`,
  }));
  await engine.client.batchUpsertDocuments({ documents });
  await engine.client.startReembed({ collection, model: { provider: 'minilm', model: 'fp32' } });
  await expect
    .poll(async () => Number((await reembedOf(engine))?.progress?.written), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await engine.kill();

  engine = await (await EngineProcess.start(options)).ready();
  await engine.client.deleteDocument({ collection, id: 'doc-0' });
  await expect
    .poll(async () => (await reembedOf(engine))?.state, { timeout: 120_000 })
    .toBe('REEMBED_STATE_READY');
  expect(Number((await reembedOf(engine))?.progress?.unchanged)).toBeGreaterThan(0);
  await engine.client.switchReembed({ collection });
  // Killed right after the answer: the switch is on disk.
  await engine.kill();

  engine = await (await EngineProcess.start(options)).ready();
  expect(await reembedOf(engine)).toMatchObject({ state: 'REEMBED_STATE_SWITCHED', generation: after });
  const listed = await engine.client.listDocuments({ collection, pageSize: 1_000 });
  expect(listed.documents.map(({ id }) => id).sort()).toEqual(
    documents
      .map(({ id }) => id)
      .filter((id) => id !== 'doc-0')
      .sort(),
  );
  expect(new Set(listed.documents.map(({ generation }) => generation))).toEqual(new Set([after]));
  expect(await engine.stop()).toBe(0);
});
