// The first load of a PostgreSQL table as a job, against a client that streams the same documents: what reading, checkpoints
// and the bookkeeping of a job cost. Then a sync in which one row of ten has changed. Embeddings come from a stand-in for
// a paid service in this process, the same for both.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { CaseTable } from '../test/support/case-table.ts';
import { EmbeddingServer } from '../test/support/embedding-server.ts';
import { finishedSync } from '../test/support/finished-job.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { randomFrom } from '../test/support/random.ts';
import { syncEnvironment } from '../test/support/sync-environment.ts';
import { load, secondsSince, withEngine } from './bench-engine.ts';
import { figure, report } from './bench-report.ts';

const rows = Number(process.env['KMS_BENCH_ROWS'] ?? 20_000);

const folder = mkdtempSync(join(tmpdir(), 'kms-bench-'));
const postgres = await startPostgres();
const provider = await EmbeddingServer.start({ dimensions: 32 });
const table = await CaseTable.create(postgres.url, 'cases', randomFrom(3));
await table.insert(rows);
const env = syncEnvironment({
  folder,
  sources: [table.source()],
  databaseUrl: postgres.url,
  embeddingUrl: provider.baseUrl,
});

async function documents(): Promise<Document[]> {
  const { rows: stored } = await table.client.query<{
    id: string;
    subject: string;
    description: string;
    product: string;
    severity: number;
  }>('SELECT id::text, subject, description, product, severity FROM cases ORDER BY id');
  return stored.map(({ id, subject, description, product, severity }) => ({
    id,
    title: subject,
    body: description,
    attributes: { product: { stringValue: product }, severity: { numberValue: severity } },
  }));
}

const streamed = await withEngine(env, async (engine) => {
  const ready = await documents();
  const start = performance.now();
  await load(engine, ready, { documentsPerMessage: 64, messagesInFlight: 8 });
  return rows / secondsSince(start);
});
provider.forget();
const { loaded, changed, hitRate } = await withEngine(env, async (engine) => {
  let start = performance.now();
  await finishedSync(engine, 'cases');
  const first = rows / secondsSince(start);
  await table.client.query(
    `UPDATE cases SET description = description || ' Solved.', updated_at = clock_timestamp() WHERE id % 10 = 0`,
  );
  const paidBefore = provider.textsEmbedded;
  start = performance.now();
  const { client } = engine;
  const { job } = await client.startSync({ source: 'cases', mode: 'SYNC_MODE_FULL' });
  for (let state = ''; state !== 'JOB_STATE_FINISHED'; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    state = (await client.getJob({ jobId: job?.id ?? '' })).job?.state ?? '';
  }
  const paid = provider.textsEmbedded - paidBefore;
  return { loaded: first, changed: rows / secondsSince(start), hitRate: 1 - paid / rows };
});
report('sync-postgres', [
  figure(`${rows} documents streamed by a client`, streamed, '1/s'),
  figure(`${rows} rows loaded by a job`, loaded, '1/s'),
  figure('job / stream', loaded / streamed, 'ratio'),
  figure('rows of a full sync with a tenth changed', changed, '1/s'),
  figure('  of them not paid for again', hitRate, 'share', '>= 0.87'),
]);
await table.close();
await provider.close();
await postgres.stop();
rmSync(folder, { recursive: true, force: true });
