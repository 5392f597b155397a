// Changes of a table reach the index: by watermark after the next sync, by change data capture within seconds. Some of
// them are made in transactions that are still open while others commit, and while a sync runs.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseTable, indexContents } from '../support/case-table.ts';
import { EmbeddingServer } from '../support/embedding-server.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { finishedSync } from '../support/finished-job.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { randomFrom, wholeBetween } from '../support/random.ts';
import { syncEnvironment } from '../support/sync-environment.ts';

const changes = 500;
const rowsAtFirst = 400;
const seed = Number(process.env['KMS_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let postgres: TestPostgres;
let provider: EmbeddingServer;
let polled: CaseTable;
let captured: CaseTable;
let engine: EngineProcess;
let folder: string;

beforeAll(async () => {
  console.log(`seed ${seed} (KMS_TEST_SEED repeats it)`);
  const random = randomFrom(seed);
  postgres = await startPostgres();
  provider = await EmbeddingServer.start({ dimensions: 32 });
  polled = await CaseTable.create(postgres.url, 'polled', random);
  captured = await CaseTable.create(postgres.url, 'captured', random);
  folder = mkdtempSync(join(tmpdir(), 'kms-test-'));
  const env = syncEnvironment({
    folder,
    sources: [
      polled.source(['reconcile: each']),
      captured.source(['changes: cdc', 'slot: kms_test', 'publication: kms_test']),
    ],
    databaseUrl: postgres.url,
    embeddingUrl: provider.baseUrl,
  });
  engine = await (await EngineProcess.start({ dataDir: join(folder, 'data'), env })).ready();
});

afterAll(async () => {
  await engine.stop();
  await polled.close();
  await captured.close();
  await provider.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test(`${changes} random changes, some committed late, are in the index after the next sync`, async () => {
  await polled.insert(rowsAtFirst);
  await finishedSync(engine, 'polled');
  expect(await indexContents(engine, 'polled')).toEqual(await polled.contents());

  const late = await openLateTransaction(polled);
  await changeAtRandom(polled);
  await finishedSync(engine, 'polled'); // sees all but what the open transaction holds back
  await late.commit();
  await finishedSync(engine, 'polled');

  expect(await indexContents(engine, 'polled')).toEqual(await polled.contents());
}, 120_000);

test(`${changes} random changes arrive by change data capture without anybody asking, TRUNCATE included`, async () => {
  await captured.insert(rowsAtFirst);
  await finishedSync(engine, 'captured');
  expect(await indexContents(engine, 'captured')).toEqual(await captured.contents());

  const late = await openLateTransaction(captured);
  await changeAtRandom(captured);
  await late.commit();
  await expectToFollow(captured);

  await captured.client.query('TRUNCATE captured');
  await captured.insert(20, 5_000);
  await expectToFollow(captured);
}, 120_000);

/** One that has inserted and updated, and commits when it is told to. */
async function openLateTransaction(table: CaseTable): Promise<{ commit(): Promise<void> }> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('BEGIN');
  const { subject, description, product, severity } = table.row(9_000);
  await client.query(
    `INSERT INTO ${table.name} (subject, description, product, severity) VALUES ($1, $2, $3, $4)`,
    [subject, description, product, severity],
  );
  await client.query(
    `UPDATE ${table.name} SET subject = 'Changed late', updated_at = clock_timestamp() WHERE id = (SELECT min(id) FROM ${table.name})`,
  );
  return {
    commit: async () => {
      await client.query('COMMIT');
      await client.end();
    },
  };
}

/** Inserts, updates and deletes; the row with the smallest id belongs to somebody else. */
async function changeAtRandom(table: CaseTable): Promise<void> {
  const random = randomFrom(seed + 1);
  const { rows } = await table.client.query<{ id: string }>(`SELECT id::text FROM ${table.name} ORDER BY id`);
  const ids = rows.slice(1).map(({ id }) => id);
  for (let change = 0; change < changes; change++) {
    const kind = wholeBetween(random, 0, 3);
    const id = ids[wholeBetween(random, 0, ids.length - 1)] ?? '0';
    if (kind === 0) await table.insert(1, 10_000 + change);
    else if (kind === 1) await table.client.query(`DELETE FROM ${table.name} WHERE id = $1`, [id]);
    else {
      const { description, severity } = table.row(20_000 + change);
      const values = kind === 2 ? [id, severity] : [id, severity, description];
      const text = kind === 2 ? '' : ', description = $3';
      await table.client.query(
        `UPDATE ${table.name} SET severity = $2${text}, updated_at = clock_timestamp() WHERE id = $1`,
        values,
      );
    }
  }
}

/** Waits until the index holds what the table holds; the test's own time limit ends a wait in vain. */
async function expectToFollow(table: CaseTable): Promise<void> {
  const expected = await table.contents();
  for (let isEqual = false; !isEqual; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const contents = await indexContents(engine, table.name);
    isEqual =
      contents.size === expected.size && [...expected].every(([id, hash]) => contents.get(id) === hash);
  }
}
