// What is declared is measured: an operator's query never comes back empty because nobody sets the metric.

import { afterEach, expect, test, vi } from 'vitest';
import { metricDeclarations } from '../../../src/observability/metric-declarations.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { startEngine } from '../../support/engine-in-process.ts';
import { IngestStream } from '../../support/ingest-stream.ts';
import { MemorySource } from '../../support/memory-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('an engine that has ingested, searched and lost a thread shows every metric that is declared', {
  timeout: 120_000,
}, async () => {
  // Synced by itself as soon as the engine is ready.
  const source = new MemorySource('memory', { everyMs: 3_600_000 });
  source.upsert('b', 'scanner scans nothing');
  // A service that is paid for shows all that a model on this machine does, and its own metrics besides.
  const server = await EmbeddingServer.start();
  vi.stubEnv('OPENAI_BASE_URL', server.baseUrl);
  server.next({ type: 'status', status: 401, message: 'not yet' });
  const settings = {
    KMS_EMBED_PROVIDER: 'openai',
    KMS_EMBED_MODEL: 'word-model',
    KMS_EMBED_DIMENSIONS: '32',
    KMS_EMBED_BUDGET_PER_DAY: '10',
    KMS_EMBED_PRICE_PER_MILLION_TOKENS: '0.02',
    // Room for one collection: the others are released, and loaded by their next search.
    KMS_INDEX_MEMORY_MAX_BYTES: '1',
  };
  const engine = await startEngine(temporaryFolder(), settings, [source]);
  const stream = new IngestStream(engine.client);
  await stream.send([{ id: 'a', body: 'printer prints blank pages' }, { id: '' }]);
  await stream.send([{ id: 'c', collection: 'others', body: 'paper jams' }]);
  await stream.end();
  const { searchId, hits } = await engine.client.search({ text: 'blank pages', limit: 1 });
  const document = { id: hits[0]?.document?.id ?? '' };
  await engine.client.recordFeedback({ searchId, document, kind: 'FEEDBACK_KIND_CLICKED' });
  engine.killThread('extract');
  const missing = async () => {
    for (const collection of ['cases', 'others']) {
      await engine.client.search({ text: 'blank pages', collections: [collection] });
    }
    const { text } = await engine.metrics.scrape();
    const hasSeries = (name: string) => new RegExp(`^${name}(_count)?(\\{.*\\})? \\S+$`, 'm').test(text);
    return Object.keys(metricDeclarations).filter((name) => !hasSeries(name));
  };
  await expect.poll(missing, { timeout: 60_000 }).toEqual([]);
  const { text } = await engine.metrics.scrape();
  expect(text).toContain('kms_ingest_documents_total{outcome="indexed"} 3\n');
  expect(text).toContain('kms_ingest_documents_total{outcome="rejected"} 1\n');
  expect(text).toMatch(/^kms_index_cold_collections\{shard="0"\} [12]$/m);
  expect(text).toMatch(/^kms_gc_pause_seconds_count\{actor="main",kind="minor"\} [1-9]/m);
  expect(text).toContain(`kms_lmdb_map_bytes{shard="0"} ${64 * 2 ** 30}\n`);
  await engine.stop();
  await server.close();
});
