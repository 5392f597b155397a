// The promise of a job: a table of PostgreSQL ends up in the index exactly, however often the engine is killed while it
// loads, and no row's embedding is paid for twice once it has been answered.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { CaseTable, indexContents } from '../support/case-table.ts';
import { EmbeddingServer } from '../support/embedding-server.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { finishedJob } from '../support/finished-job.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { randomFrom, wholeBetween } from '../support/random.ts';
import { syncEnvironment } from '../support/sync-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const rows = Number(process.env['KMS_TEST_SYNC_ROWS'] ?? 10_000);
const kills = 5;
const seed = Number(process.env['KMS_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** An answer that reached the engine this long before the kill had time to reach the disk. */
const answeredLongBeforeMs = 1_000;

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

test(`a table of ${rows} rows is loaded exactly, through ${kills} kills at random moments`, {
  timeout: 10 * 60_000,
}, async () => {
  console.log(`seed ${seed} (KMS_TEST_SEED repeats it)`);
  const random = randomFrom(seed);
  const table = await CaseTable.create(postgres.url, 'cases', random);
  await table.insert(rows);
  const folder = temporaryFolder();
  const env = syncEnvironment({
    folder,
    sources: [table.source()],
    databaseUrl: postgres.url,
    embeddingUrl: provider.baseUrl,
  });
  const options = { dataDir: join(folder, 'data'), env };
  const killTimesMs: number[] = [];

  let engine = await (await EngineProcess.start(options)).ready();
  const { job } = await engine.client.startSync({ source: 'cases' });
  const id = job?.id ?? '';
  for (let kill = 0; kill < kills; kill++) {
    // Somewhere within the part that is still to do, so that every kill meets a running job.
    const target = provider.timesEmbedded.size + wholeBetween(random, 1, Math.floor(rows / (kills + 2)));
    await until(() => provider.timesEmbedded.size >= target);
    await engine.kill();
    killTimesMs.push(systemClock.nowMs());
    engine = await (await EngineProcess.start(options)).ready();
  }
  const ended = await finishedJob(engine, id);

  expect(ended.progress).toMatchObject({ rejected: '0' });
  expect(await indexContents(engine, 'cases')).toEqual(await table.contents());
  await table.close();
  const paidTwice = provider.requests.flatMap(({ timeMs, status, texts }) =>
    status === 200 && !killTimesMs.some((killMs) => timeMs < killMs && killMs - timeMs < answeredLongBeforeMs)
      ? texts.filter((text) => (provider.timesEmbedded.get(text) ?? 0) > 1 && !isLastRequestFor(text, timeMs))
      : [],
  );
  expect(paidTwice).toEqual([]);
  console.log(
    `${provider.textsEmbedded - provider.timesEmbedded.size} texts were in flight at a kill and asked for again`,
  );
  expect(await engine.stop()).toBe(0);
});

function isLastRequestFor(text: string, timeMs: number): boolean {
  return !provider.requests.some((request) => request.timeMs > timeMs && request.texts.includes(text));
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
