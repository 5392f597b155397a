// Jobs and dead letters in a whole engine: through the real line, and beside calls that somebody waits for.

import { expect, test } from 'vitest';
import { startEngine } from '../../support/engine-in-process.ts';
import { IngestStream } from '../../support/ingest-stream.ts';
import { MemorySource } from '../../support/memory-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A title that ends the thread each time it looks at it (see the fixture). */
const poison = 'poison for extract';

test('one poisonous document among many lands in the dead letters, and the rest is indexed', {
  timeout: 180_000,
}, async () => {
  const [dataDir, source] = [temporaryFolder(), new MemorySource()];
  for (let i = 0; i < 200; i++)
    source.upsert(String(i), `case ${i % 10} about a printer`, i === 77 ? poison : '');
  const engine = await startEngine(dataDir, {}, [source]);
  const { job } = await engine.client.startSync({ source: 'memory' });
  const jobId = job?.id ?? '';
  const state = async () => (await engine.client.getJob({ jobId })).job;
  await expect.poll(async () => (await state())?.state, { timeout: 120_000 }).toBe('JOB_STATE_FINISHED');
  expect((await state())?.progress).toMatchObject({ read: '200', indexed: '199', rejected: '1' });
  const { deadLetters } = await engine.client.listDeadLetters({});
  expect(deadLetters).toMatchObject([{ documentId: '77', source: 'memory', jobId, stage: 'extract' }]);
  const { text } = await engine.metrics.scrape();
  expect(text).toContain('kms_dead_letters 1\n');
  expect(text).toContain('kms_jobs{state="finished"} 1\n');
  expect(text).toContain('kms_job_documents_total{source="memory",outcome="indexed"} 199\n');

  source.upsert('77', 'a case like any other');
  await engine.client.startSync({ source: 'memory' });
  await expect
    .poll(async () => (await engine.client.listDeadLetters({})).deadLetters, { timeout: 60_000 })
    .toEqual([]);
  await engine.stop();
});

test('a client’s document that a thread dies of is kept, and its invalid input is not', {
  timeout: 120_000,
}, async () => {
  const engine = await startEngine(temporaryFolder());
  const stream = new IngestStream(engine.client);
  const { results } = await stream.send([
    { id: 'a', title: poison },
    { id: 'b', body: '' },
    { id: 'c', body: 'fine' },
  ]);
  await stream.end();
  expect(results.map(({ outcome }) => outcome)).toEqual([
    'OUTCOME_REJECTED',
    'OUTCOME_REJECTED',
    'OUTCOME_INDEXED',
  ]);
  const { deadLetters } = await engine.client.listDeadLetters({});
  expect(deadLetters.map(({ documentId, source, stage }) => [documentId, source, stage])).toEqual([
    ['a', '', 'extract'],
  ]);
  await engine.client.upsertDocument({ document: { id: 'a', body: 'mended' } });
  expect((await engine.client.listDeadLetters({})).deadLetters).toEqual([]);
  await engine.stop();
});
