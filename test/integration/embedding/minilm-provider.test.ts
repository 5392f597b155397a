import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import type { EmbeddingProvider } from '../../../src/embedding/embedding-provider.ts';
import { openMiniLmProvider } from '../../../src/embedding/minilm/minilm-provider.ts';
import { sampleTexts } from './sample-texts.ts';

let dataDir: string;
let provider: EmbeddingProvider;
let onProgress = () => {};
const never = new AbortController().signal;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-provider-'));
  provider = await openMiniLmProvider({
    dataDir,
    precision: 'int8',
    threadsMin: 1,
    threadsMax: 2,
    onProgress: () => onProgress(),
  });
});

afterAll(async () => {
  await provider.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function rows(vectors: Float32Array): Float32Array[] {
  const count = vectors.length / provider.dimensions;
  return Array.from({ length: count }, (_, row) =>
    vectors.slice(row * provider.dimensions, (row + 1) * provider.dimensions),
  );
}

test('the provider says which vectors it makes', () => {
  expect(provider.model).toBe('minilm-l6-v2/int8');
  expect(provider.dimensions).toBe(384);
});

test('a text has the same vector to the bit: alone or among others, as a query or in bulk', async () => {
  const mixed = [...sampleTexts, ...sampleTexts.toReversed()];
  const bulk = await provider.embed(mixed, { lane: 'bulk', signal: never });
  const urgent = await provider.embed(mixed, { lane: 'urgent', signal: never });
  expect(bulk.vectors).toEqual(urgent.vectors);
  expect(bulk.tokens).toBe(urgent.tokens);
  const alone = await Promise.all(
    sampleTexts.map((text) => provider.embed([text], { lane: 'bulk', signal: never })),
  );
  expect(alone.map(({ vectors }) => vectors)).toEqual(rows(bulk.vectors).slice(0, sampleTexts.length));
  expect(bulk.failures).toEqual([]);
});

test('several bulk calls at once each get their own texts back', async () => {
  const calls = Array.from({ length: 6 }, (_, call) =>
    Array.from({ length: 20 }, (_unused, index) => `call ${call % 3} asks about error ${index}`),
  );
  const replies = await Promise.all(
    calls.map((texts) => provider.embed(texts, { lane: 'bulk', signal: never })),
  );
  for (const [call, { vectors }] of replies.entries()) {
    expect(vectors).toEqual(replies[call % 3]?.vectors);
  }
  expect(replies[0]?.vectors).not.toEqual(replies[1]?.vectors);
});

test('no texts make no vectors', async () => {
  for (const lane of ['bulk', 'urgent'] as const) {
    const { vectors, tokens } = await provider.embed([], { lane, signal: never });
    expect(vectors).toHaveLength(0);
    expect(tokens).toBe(0);
  }
});

test('an aborted bulk call stops long before its end and leaves the pool in order', async () => {
  const abort = new AbortController();
  let pieces = 0;
  onProgress = () => {
    pieces++;
    if (pieces === 2) abort.abort();
  };
  const texts = Array.from({ length: 2_000 }, (_, index) => `printer ${index} is on fire `.repeat(20));
  await expect(provider.embed(texts, { lane: 'bulk', signal: abort.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  // Two were done, and at most two threads' worth of tasks was under way.
  expect(pieces).toBeLessThanOrEqual(2 + 4);
  onProgress = () => {};
  const { vectors } = await provider.embed(['still alive'], { lane: 'bulk', signal: never });
  expect(vectors).toHaveLength(384);
});

test('an aborted query call keeps the reason that it was aborted with', async () => {
  const abort = new AbortController();
  abort.abort(new KmsError('deadline_exceeded', 'too late'));
  for (const lane of ['bulk', 'urgent'] as const) {
    await expect(provider.embed(['text'], { lane, signal: abort.signal })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
  }
});

test('a query is answered while bulk work is under way', async () => {
  const order: string[] = [];
  let begun = () => {};
  const bulkBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  onProgress = () => begun();
  const texts = Array.from({ length: 300 }, (_, index) => `disk ${index} is full `.repeat(20));
  const bulk = provider.embed(texts, { lane: 'bulk', signal: never }).then(() => order.push('bulk'));
  await bulkBegun;
  await provider.embed(['disk full'], { lane: 'urgent', signal: never }).then(() => order.push('query'));
  await bulk;
  onProgress = () => {};
  expect(order).toEqual(['query', 'bulk']);
});
