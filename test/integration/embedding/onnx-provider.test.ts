import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { noEmbeddingLimits } from '../../../src/embedding/embedding-limits.ts';
import { loadTokenizer, resolveSpace } from '../../../src/embedding/embedding-spaces.ts';
import { openEmbeddingProvider } from '../../../src/embedding/open-provider.ts';
import { type SmallModelOptions, stateOf, writeSmallModel } from '../../support/small-onnx-model.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kms-onnx-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function open() {
  const nothing = () => undefined;
  return openEmbeddingProvider(
    { provider: 'onnx', folder },
    {
      dataDir: folder,
      threadsMin: 1,
      threadsMax: 1,
      limits: noEmbeddingLimits,
      clock: systemClock,
      env: {},
      events: {
        onProgress: nothing,
        onRequest: nothing,
        onWaited: nothing,
        onSpent: nothing,
        onBreaker: nothing,
        onPrepared: nothing,
        onStoreError: nothing,
      },
    },
  );
}

const { signal } = new AbortController();
const unit = (vector: readonly number[]) => vector.map((value) => value / Math.hypot(...vector));
const meanOf = (words: readonly string[]) =>
  unit(words.map(stateOf).reduce((sum, state) => sum.map((value, i) => value + (state[i] as number))));

const text = 'Printer paper unheard';
const tokens = ['[CLS]', 'printer', 'paper', 'unheard', '[SEP]'];

test.each<[string, SmallModelOptions, () => number[]]>([
  ['the mean of its tokens', {}, () => meanOf(tokens)],
  ['the mean of its tokens, ids of 32 bits', { idType: 'int32' }, () => meanOf(tokens)],
  ['what its first token says', { pooling: 'cls' }, () => unit(stateOf('[CLS]'))],
  ['what the graph has pooled itself', { output: 'sentence' }, () => meanOf(tokens)],
])('a text’s vector is %s, the same for queries and documents', async (_, options, expected) => {
  writeSmallModel(folder, options);
  const provider = await open();
  try {
    const query = await provider.embed([text], { lane: 'urgent', signal });
    const document = await provider.embed(['jam', text], { lane: 'bulk', signal });
    expect(query.failures).toEqual([]);
    for (const [i, value] of expected().entries()) expect(query.vectors[i]).toBeCloseTo(value, 5);
    expect(document.vectors.subarray(provider.dimensions)).toEqual(query.vectors);
    expect(query.tokens).toBe(tokens.length);
  } finally {
    await provider.close();
  }
});

test('the space is named after the folder and all that decides about the vectors', async () => {
  const spec = { provider: 'onnx', folder } as const;
  writeSmallModel(folder);
  const first = await resolveSpace(spec, 1);
  expect(first).toMatchObject({ dimensions: 4, normalisation: 'unit', cleanerVersion: 1 });
  expect(first.model).toMatch(/^onnx\/kms-onnx-.*-[0-9a-f]{12}$/);
  expect(await resolveSpace(spec, 1)).toEqual(first);
  writeSmallModel(folder, { idType: 'int32' });
  const second = await resolveSpace(spec, 1);
  expect(second.model).not.toBe(first.model);
  writeSmallModel(folder, { idType: 'int32', pooling: 'cls' });
  expect((await resolveSpace(spec, 1)).model).not.toBe(second.model);
  const provider = await open();
  expect(provider.model).toBe((await resolveSpace(spec, 1)).model);
  await provider.close();
});

test('texts are cut to what the model reads, special tokens kept', async () => {
  writeSmallModel(folder);
  const tokenizer = await loadTokenizer({ provider: 'onnx', folder });
  expect(tokenizer.tokensMax).toBe(128);
  expect(tokenizer.countTokens('printer '.repeat(200))).toBe(200);
  const ids = tokenizer.encode('printer '.repeat(200));
  expect(ids).toHaveLength(128);
  expect([ids[0], ids[1], ids.at(-1)]).toEqual([1, 3, 2]);
});

test('every fault of a folder is reported together', async () => {
  writeFileSync(join(folder, 'config.json'), '{}');
  const resolving = resolveSpace({ provider: 'onnx', folder }, 1);
  await expect(resolving).rejects.toMatchObject({
    code: 'invalid_argument',
    violations: [
      { field: join(folder, 'model.onnx') },
      { field: join(folder, 'tokenizer.json') },
      { field: join(folder, 'config.json'), description: expect.stringContaining('hidden_size') },
    ],
  });
});

test('a model whose vectors are not as long as its configuration says is refused', async () => {
  writeSmallModel(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ hidden_size: 5 }));
  await expect(open()).rejects.toMatchObject({ message: expect.stringContaining('config.json says 5') });
});
