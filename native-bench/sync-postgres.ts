// The first load of a PostgreSQL table as a job, against a client that streams the same documents: what reading, checkpoints
// and the bookkeeping of a job cost. Then a sync in which one row of ten has changed. Embeddings come from a stand-in for
// a paid service in this process, the same for both.

import type { KmsClient } from '../src/grpc/client.ts';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { CaseTable } from '../test/support/case-table.ts';
import { EmbeddingServer } from '../test/support/embedding-server.ts';
import { finishedJob, finishedSync } from '../test/support/finished-job.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { randomFrom } from '../test/support/random.ts';
import { syncEnvironment } from '../test/support/sync-environment.ts';
import { load, secondsSince, withEngine, withFolder } from './bench-engine.ts';
import { type BenchOutcome, type BenchSize, figure } from './report/figure.ts';

export const about =
  'The first load of a PostgreSQL table by a job, against a client that streams the same documents; then a full sync in which a ' +
  'tenth of the rows has changed. Embeddings come from a stand-in for a paid service that answers at once, the same for both.';

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const rows = Number(process.env['KMS_BENCH_ROWS'] ?? (size === 'full' ? 20_000 : 5_000));
  return await withFolder(async (folder) => {
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
    try {
      return await measured({ table, provider, env, rows });
    } finally {
      await table.close();
      await provider.close();
      await postgres.stop();
    }
  });
}

interface Parts {
  readonly table: CaseTable;
  readonly provider: EmbeddingServer;
  readonly env: Readonly<Record<string, string>>;
  readonly rows: number;
}

async function measured({ table, provider, env, rows }: Parts): Promise<BenchOutcome> {
  const streamed = await withEngine(env, async (engine) => {
    const ready = await documents(table);
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
    await fullSync(engine.client);
    const paid = provider.textsEmbedded - paidBefore;
    return { loaded: first, changed: rows / secondsSince(start), hitRate: 1 - paid / rows };
  });
  return {
    figures: [
      figure(`job / stream, ${rows} rows`, loaded / streamed, 'ratio', '>= 0.9'),
      figure('rows of a full sync with a tenth changed that are not paid for again', hitRate, '', '>= 0.87'),
      figure(`${rows} documents streamed by a client`, streamed, '1/s'),
      figure(`${rows} rows loaded by a job`, loaded, '1/s'),
      figure('rows of a full sync with a tenth changed', changed, '1/s'),
    ],
  };
}

async function documents(table: CaseTable): Promise<Document[]> {
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

async function fullSync(client: KmsClient): Promise<void> {
  const { job } = await client.startSync({ source: 'cases', mode: 'SYNC_MODE_FULL' });
  await finishedJob({ client }, job?.id ?? '', 20);
}
