import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddingCache, type EmbeddingCacheOptions } from '../../../src/embedding/embedding-cache.ts';

const dimensions = 384;
let dataDir: string;
let opened: EmbeddingCache[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-embedding-cache-'));
  opened = [];
});

afterEach(async () => {
  for (const cache of opened) await cache.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function openCache(options: Partial<EmbeddingCacheOptions> = {}): EmbeddingCache {
  const cache = new EmbeddingCache({
    dataDir,
    bytesMax: 1e8,
    model: 'minilm-l6-v2/int8',
    dimensions,
    cleanerVersion: 1,
    ...options,
  });
  opened.push(cache);
  return cache;
}

async function closeCache(cache: EmbeddingCache): Promise<void> {
  opened.splice(opened.indexOf(cache), 1);
  await cache.close();
}

function vectorOf(seed: number): Float32Array {
  return Float32Array.from({ length: dimensions }, (_, i) => Math.fround(Math.sin(seed + i)));
}

async function writeTexts(cache: EmbeddingCache, texts: readonly string[]): Promise<void> {
  await cache.write(texts.map((text, index) => ({ key: cache.keyOf(text), vector: vectorOf(index) })));
}

function readText(cache: EmbeddingCache, text: string): Float32Array | null {
  const row = new Float32Array(dimensions);
  return cache.read(cache.keyOf(text), row) ? row : null;
}

test('what was written is read back to the bit, also after the cache was closed and opened again', async () => {
  const cache = openCache();
  expect(readText(cache, 'printer is on fire')).toBeNull();
  await writeTexts(cache, ['printer is on fire', 'paper jam']);
  expect(readText(cache, 'printer is on fire')).toEqual(vectorOf(0));
  await closeCache(cache);
  const again = openCache();
  expect(readText(again, 'paper jam')).toEqual(vectorOf(1));
  expect(again.entries).toBe(2);
});

test('a vector can be read into a part of a larger array, and a miss leaves it as it is', async () => {
  const cache = openCache();
  await writeTexts(cache, ['one']);
  const vectors = new Float32Array(3 * dimensions).fill(7);
  expect(cache.read(cache.keyOf('one'), vectors.subarray(dimensions, 2 * dimensions))).toBe(true);
  expect(cache.read(cache.keyOf('two'), vectors.subarray(2 * dimensions))).toBe(false);
  expect(vectors.subarray(dimensions, 2 * dimensions)).toEqual(vectorOf(0));
  expect(new Set([...vectors.subarray(0, dimensions), ...vectors.subarray(2 * dimensions)])).toEqual(
    new Set([7]),
  );
});

test.each([
  ['model', { model: 'minilm-l6-v2/fp32' }],
  ['cleaner version', { cleanerVersion: 2 }],
])('another %s never sees these vectors', async (_, changed) => {
  const cache = openCache();
  await writeTexts(cache, ['same text']);
  await closeCache(cache);
  expect(readText(openCache(changed), 'same text')).toBeNull();
});

test('the cache stays within its bound, and the oldest entries make room', async () => {
  const cache = openCache({ bytesMax: 250_000 });
  expect(cache.entriesMax).toBeGreaterThan(50);
  expect(cache.entriesMax).toBeLessThan(130);
  const texts = Array.from({ length: 3 * cache.entriesMax }, (_, index) => `text ${index}`);
  for (let start = 0; start < texts.length; start += 20)
    await writeTexts(cache, texts.slice(start, start + 20));
  expect(cache.entries).toBe(cache.entriesMax);
  const kept = texts.filter((text) => readText(cache, text) !== null);
  expect(kept).toEqual(texts.slice(-cache.entriesMax));
});

test('a text that is there already takes no second place', async () => {
  const cache = openCache();
  await writeTexts(cache, ['one', 'one', 'two']);
  await writeTexts(cache, ['two', 'one']);
  expect(cache.entries).toBe(2);
  expect(readText(cache, 'one')).toEqual(vectorOf(0));
  expect(readText(cache, 'two')).toEqual(vectorOf(2));
});

test.each([
  ['garbage', () => Buffer.from('this is not a database '.repeat(4_096))],
  ['zeros', () => Buffer.alloc(65_536)],
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['a few bytes', () => Buffer.from('x')],
])('a cache file that is %s is thrown away and does not take the process down', async (_, damage) => {
  const cache = openCache();
  await writeTexts(
    cache,
    Array.from({ length: 100 }, (_unused, index) => `text ${index}`),
  );
  await closeCache(cache);
  const file = join(dataDir, 'embedding-cache', 'data.mdb');
  writeFileSync(file, damage(readFileSync(file)));
  const causes: unknown[] = [];
  const again = openCache({ onReset: (cause) => causes.push(cause) });
  expect(causes).toHaveLength(1);
  expect(readText(again, 'text 1')).toBeNull();
  await writeTexts(again, ['one']);
  expect(readText(again, 'one')).toEqual(vectorOf(0));
});
