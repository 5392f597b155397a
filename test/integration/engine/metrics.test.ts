// What is declared is measured: an operator's query never comes back empty because nobody sets the metric.

import { expect, test } from 'vitest';
import { metricDeclarations } from '../../../src/observability/metric-declarations.ts';
import { startEngine } from '../../support/engine-in-process.ts';
import { IngestStream } from '../../support/ingest-stream.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('an engine that has ingested, searched and lost a thread shows every metric that is declared', {
  timeout: 120_000,
}, async () => {
  const engine = await startEngine(temporaryFolder());
  const stream = new IngestStream(engine.client);
  await stream.send([{ id: 'a', body: 'printer prints blank pages' }, { id: '' }]);
  await stream.end();
  await engine.client.search({ text: 'blank pages', limit: 1 });
  engine.killThread('extract');
  const missing = async () => {
    const { text } = await engine.metrics.scrape();
    const hasSeries = (name: string) => new RegExp(`^${name}(_count)?(\\{.*\\})? \\S+$`, 'm').test(text);
    return Object.keys(metricDeclarations).filter((name) => !hasSeries(name));
  };
  await expect.poll(missing, { timeout: 60_000 }).toEqual([]);
  const { text } = await engine.metrics.scrape();
  expect(text).toContain('kms_ingest_documents_total{outcome="indexed"} 1\n');
  expect(text).toContain('kms_ingest_documents_total{outcome="rejected"} 1\n');
  expect(text).toContain('kms_index_vectors{shard="0",part="tail"} 1\n');
  expect(text).toContain(`kms_lmdb_map_bytes{shard="0"} ${64 * 2 ** 30}\n`);
  await engine.stop();
});
