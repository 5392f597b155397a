// Documents that are up to no good, through the whole engine: each is refused alone, and leaves nothing behind.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EngineInProcess, startEngine } from '../../support/engine-in-process.ts';

let dataDir: string;
let engine: EngineInProcess;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-test-'));
  engine = await startEngine(dataDir);
});
afterAll(async () => {
  await engine.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test.each(['extract', 'clean'])(
  'a document that kills the %s thread is poisoned, its neighbour is indexed',
  async (stage) => {
    const collection = `poison-${stage}`;
    const documents = ['neighbour', `poison for ${stage}`].map((title) => ({
      id: title,
      collection,
      title,
    }));
    const { results } = await engine.client.batchUpsertDocuments({ documents });
    expect(results.map(({ outcome }) => outcome)).toEqual(['OUTCOME_INDEXED', 'OUTCOME_REJECTED']);
    expect(results[1]?.error).toMatchObject({ reason: 'POISONED', retryable: false });
    const { hits } = await engine.client.search({ text: 'neighbour', collections: [collection], limit: 10 });
    expect(hits.map((hit) => hit.document?.id)).toEqual(['neighbour']);
  },
);

test('a document that is refused makes no collection', async () => {
  const { results } = await engine.client.batchUpsertDocuments({
    documents: [{ id: 'a', collection: 'never-made', mediaType: 'text/html', body: '<p>&nbsp;</p>' }],
  });
  expect(results[0]?.outcome).toBe('OUTCOME_REJECTED');
  const search = engine.client.search({ text: 'a', collections: ['never-made'] });
  await expect(search).rejects.toThrow('NOT_FOUND');
});

test('a text of nothing but accents is indexed in no time, and searched for', async () => {
  const body = `a${'\u0327\u0301'.repeat(1_000_000)}`;
  const { outcome } = await engine.client.upsertDocument({ document: { id: 'accents', body } });
  expect(outcome).toBe('OUTCOME_INDEXED');
  const text = body.slice(0, 16_000);
  const { responses } = await engine.client.batchSearch({
    requests: Array.from({ length: 200 }, () => ({ text, limit: 1, omitBody: true })),
  });
  expect(responses[199]?.hits[0]?.document?.id).toBe('accents');
});
