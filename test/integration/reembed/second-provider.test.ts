// The model to move to lies behind a service, with vectors of another length, and the service has bad days.

import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serverError } from '../../support/embedding-behaviour.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { type EngineInProcess, startEngine } from '../../support/engine-in-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const collection = 'cases';
const dimensions = 32;
const model = { provider: 'openai', model: 'word-vectors', dimensions };
const after = `openai/word-vectors@${dimensions}:unit:c1`;

let server: EmbeddingServer;
let engine: EngineInProcess;
beforeEach(async () => {
  server = await EmbeddingServer.start({ dimensions });
  // The embed actor's thread gets the environment as it is when the thread starts.
  vi.stubEnv('OPENAI_BASE_URL', server.baseUrl);
  vi.stubEnv('OPENAI_API_KEY', 'secret-key');
  engine = await startEngine(temporaryFolder(), { KMS_SHARDS: '1', KMS_EMBED_TOKENS_PER_MINUTE: '1000000' });
});
afterEach(async () => {
  await engine.stop();
  await server.close();
  vi.unstubAllEnvs();
});

function documentOf(i: number) {
  return {
    id: `doc-${i}`,
    collection,
    title: `printer ${i}`,
    body: `Printer ${i} is out of paper in room ${i * 7}`,
  };
}

async function reembed() {
  return (await engine.client.getReembed({ collection })).reembed;
}

async function untilReady() {
  await expect.poll(async () => (await reembed())?.state, { timeout: 60_000 }).toBe('REEMBED_STATE_READY');
}

function unitBytes(length: number): Buffer {
  const vector = new Float32Array(length);
  vector[0] = 1;
  return Buffer.from(vector.buffer);
}

test('an estimate says documents, tokens, cost and time, and asks nothing of the service', async () => {
  await engine.client.batchUpsertDocuments({ documents: [documentOf(1), documentOf(2)] });
  const known = { provider: 'openai', model: 'text-embedding-3-small', dimensions: 0 };
  const estimate = await engine.client.estimateReembed({ collection, model: known });
  expect(estimate).toMatchObject({ documents: '2', sampledDocuments: 2 });
  const tokens = Number(estimate.tokens);
  expect(tokens).toBeGreaterThan(20);
  expect(tokens).toBeLessThan(80);
  expect(estimate.costDollars).toBeCloseTo((tokens / 1e6) * 0.02, 12);
  expect(Number(estimate.duration?.seconds)).toBe(0);
  expect(server.requests).toEqual([]);
});

test('while the second model is down, writes are acknowledged and searched, and caught up afterwards', {
  timeout: 120_000,
}, async () => {
  const { client } = engine;
  await client.batchUpsertDocuments({ documents: [documentOf(1), documentOf(2)] });
  server.always(serverError);
  await client.startReembed({ collection, model });
  const { outcome } = await client.upsertDocument({ document: documentOf(3) });
  expect(outcome).toBe('OUTCOME_INDEXED');
  await client.deleteDocument({ collection, id: 'doc-1' });
  const { hits } = await client.search({ text: 'printer out of paper', mode: 'SEARCH_MODE_SEMANTIC' });
  expect(hits.map(({ document }) => document?.id).sort()).toEqual(['doc-2', 'doc-3']);
  await expect.poll(async () => (await reembed())?.fault?.message, { timeout: 60_000 }).toBeTruthy();
  const early = client.switchReembed({ collection });
  await expect(early).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });

  server.always(null);
  await untilReady();
  await client.switchReembed({ collection });
  const answer = await client.search({ text: 'printer out of paper', mode: 'SEARCH_MODE_SEMANTIC' });
  expect(answer.hits.map(({ document }) => document?.id).sort()).toEqual(['doc-2', 'doc-3']);
  expect(new Set(answer.hits.map(({ generation }) => generation))).toEqual(new Set([after]));
});

test('vectors of clients are measured by the generation that answers', { timeout: 60_000 }, async () => {
  const { client } = engine;
  await client.upsertDocument({ document: { ...documentOf(1), embedding: unitBytes(384) } });
  await client.upsertDocument({ document: documentOf(2) });
  await client.startReembed({ collection, model });
  await untilReady();
  expect((await reembed())?.progress).toMatchObject({ fromClientVectors: '1', rejected: '0' });
  const early = client.search({ vector: unitBytes(dimensions), collections: [collection] });
  await expect(early).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  await client.switchReembed({ collection });
  const { hits } = await client.search({ vector: unitBytes(dimensions), collections: [collection] });
  expect(hits).toHaveLength(2);
  const late = client.upsertDocument({ document: { ...documentOf(3), embedding: unitBytes(384) } });
  await expect(late).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
});

test('what the second model refuses holds the switch back until its loss is allowed', {
  timeout: 60_000,
}, async () => {
  const { client } = engine;
  const poison = { ...documentOf(1), body: 'POISON for one of the two models' };
  await client.batchUpsertDocuments({ documents: [poison, documentOf(2)] });
  await client.startReembed({ collection, model });
  await untilReady();
  expect((await reembed())?.progress).toMatchObject({ rejected: '1', written: '1' });
  const refused = client.switchReembed({ collection });
  await expect(refused).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  await client.switchReembed({ collection, allowRejected: true });
  const { documents } = await client.listDocuments({ collection });
  expect(documents.map(({ id }) => id)).toEqual(['doc-2']);
});

test('a model that cannot be opened leaves the collection as it was', { timeout: 60_000 }, async () => {
  const { client } = engine;
  await client.upsertDocument({ document: documentOf(1) });
  const missing = { provider: 'onnx', model: '/nowhere', dimensions: 0 };
  await expect(client.startReembed({ collection, model: missing })).rejects.toMatchObject({
    code: expect.toSatisfy(
      (code: number) => code === status.INVALID_ARGUMENT || code === status.FAILED_PRECONDITION,
    ),
  });
  const unknown = client.startReembed({
    collection,
    model: { provider: 'nobody', model: '', dimensions: 3 },
  });
  await expect(unknown).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  expect(await reembed()).toMatchObject({ state: 'REEMBED_STATE_IDLE', otherGeneration: '' });
});
