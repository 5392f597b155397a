// One row that no provider will embed costs that row alone: it waits in the dead letters, and gets in once it can.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseTable, indexContents } from '../support/case-table.ts';
import { EmbeddingServer } from '../support/embedding-server.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { finishedSync } from '../support/finished-job.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { randomFrom } from '../support/random.ts';
import { syncEnvironment } from '../support/sync-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const rows = 5_000;
const poisonousId = '2345';

let postgres: TestPostgres;
let provider: EmbeddingServer;
beforeAll(async () => {
  postgres = await startPostgres();
  provider = await EmbeddingServer.start({ dimensions: 32 });
});
afterAll(async () => {
  await provider.close();
  await postgres.stop();
});

test(`of ${rows} rows the poisonous one is set aside, the others are indexed, and a retry after a fix works`, {
  timeout: 240_000,
}, async () => {
  const table = await CaseTable.create(postgres.url, 'cases', randomFrom(5));
  await table.insert(rows);
  await table.client.query(`UPDATE cases SET description = description || ' POISON' WHERE id = $1`, [
    poisonousId,
  ]);
  const folder = temporaryFolder();
  const env = syncEnvironment({
    folder,
    sources: [table.source()],
    databaseUrl: postgres.url,
    embeddingUrl: provider.baseUrl,
  });
  const engine = await (await EngineProcess.start({ dataDir: join(folder, 'data'), env })).ready();
  const { client } = engine;

  const job = await finishedSync(engine, 'cases');
  expect(job).toMatchObject({
    progress: { read: String(rows), indexed: String(rows - 1), rejected: '1' },
  });
  const { deadLetters } = await client.listDeadLetters({});
  expect(deadLetters).toMatchObject([
    { documentId: poisonousId, collection: 'cases', source: 'cases', stage: 'embed' },
  ]);
  const expected = await table.contents();
  const withoutPoison = new Map([...expected].filter(([id]) => id !== poisonousId));
  expect(await indexContents(engine, 'cases')).toEqual(withoutPoison);

  provider.isPoisonous = () => false;
  const filter = { ids: deadLetters.map(({ id }) => id) };
  expect(await client.retryDeadLetters({ filter })).toMatchObject({ indexed: '1' });
  expect(await indexContents(engine, 'cases')).toEqual(expected);
  expect(await client.listDeadLetters({})).toMatchObject({ deadLetters: [] });

  await table.close();
  expect(await engine.stop()).toBe(0);
});
