import { copyFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InferenceSession } from '../../../src/embedding/minilm/inference-messages.ts';
import { miniLmAddon } from '../../../src/embedding/minilm/minilm-addon.ts';
import { ensureMiniLmModelFile } from '../../../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmSession } from '../../../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../../../src/embedding/minilm/minilm-tokenizer.ts';
import { openNativeSession } from '../../../src/embedding/minilm/native-session.ts';
import { dotProduct } from '../../../src/vector/dot-product.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { sampleTexts } from './sample-texts.ts';

const kernels = miniLmAddon().kernels();
const dimensions = 384;
const tokenizer = loadMiniLmTokenizer();

// A processor without a kernel embeds on ONNX Runtime, and minilm-model.test.ts is about that.
describe.skipIf(kernels.length === 0)('our own inference of the default model', () => {
  let dataDir: string;
  let weightsPath: string;
  let onnx: InferenceSession;
  let own: InferenceSession;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'kms-inference-'));
    weightsPath = await ensureMiniLmModelFile({ dataDir, precision: 'int8' });
    own = openNativeSession(weightsPath);
    onnx = await openMiniLmSession(
      await ensureMiniLmModelFile({ dataDir, precision: 'int8', runtime: 'onnxruntime' }),
    );
  });

  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  /**
   * The arithmetic is the same to within rounding. Now and then rounding puts a value into the next of 255 steps, and what
   * comes after makes more of it; so most vectors are the same, and some differ as much as int8 differs from fp32.
   */
  test('it gives the vectors that ONNX Runtime gives', async () => {
    const texts = ['', 'printer', ...sampleTexts, ...sampleTexts.map((text, i) => `${i} ${text} ${i * 37}`)];
    const cosines: number[] = [];
    for (const text of texts) {
      const ids = tokenizer.encode(text);
      cosines.push(dotProduct(await own.run([ids]), await onnx.run([ids])));
    }
    cosines.sort((a, b) => a - b);
    expect(cosines[0]).toBeGreaterThan(0.98);
    expect(cosines[Math.floor(cosines.length / 2)]).toBeGreaterThan(0.999);
    expect(cosines.filter((cosine) => cosine > 0.999_99).length).toBeGreaterThan(cosines.length / 5);
  });

  test('all kernels give the same vectors, bit for bit', async () => {
    for (const length of [1, 2, 15, 16, 17, 33, 250, 512]) {
      const ids = Array.from({ length }, (_, i) => (i * 7_919 + 101) % 30_522);
      const [first, ...others] = await Promise.all(
        kernels.map((kernel) => openNativeSession(weightsPath, kernel).run([ids])),
      );
      for (const other of others) expect(other).toEqual(first);
    }
  });

  test('a text gets the same vector alone and among any others', async () => {
    const text = fc.array(fc.integer({ min: 0, max: 30_521 }), { minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 12 }), async (texts) => {
        const together = await own.run(texts);
        for (const [index, ids] of texts.entries()) {
          const row = together.subarray(index * dimensions, (index + 1) * dimensions);
          expect(row).toEqual(await own.run([ids]));
          expect(dotProduct(row, row)).toBeCloseTo(1, 5);
        }
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['a token beyond the vocabulary', [[101, 30_522]], 'token 30522 is not in the vocabulary'],
    ['a negative token', [[-1]], 'token -1 is not in the vocabulary'],
    ['a text without tokens', [[101, 102], []], 'text 1 has 0 tokens'],
    ['a text that is too long', [new Array<number>(513).fill(101)], 'text 0 has 513 tokens'],
  ])('%s is refused, and the next run is as ever', async (_, texts, message) => {
    await expect(own.run(texts)).rejects.toThrow(message);
    const ids = tokenizer.encode('paper jam');
    expect(dotProduct(await own.run([ids]), await onnx.run([ids]))).toBeGreaterThan(0.98);
  });

  test('the addon looks at what it is given before it computes', () => {
    const addon = miniLmAddon();
    const model = addon.load(weightsPath, kernels[0] as string);
    const ids = Int32Array.of(101, 102);
    const vector = new Float32Array(dimensions);
    expect(() => addon.embed(model, ids, Int32Array.of(1), vector)).toThrow(
      'the lengths add up to 1, not to 2',
    );
    expect(() => addon.embed(model, ids, Int32Array.of(2), vector.subarray(1))).toThrow('room for each text');
    expect(() => addon.embed(model, ids, Int32Array.of(-2), vector)).toThrow('text 0 has -2 tokens');
    const many = new Int32Array(600).fill(101);
    const room = new Float32Array(2 * dimensions);
    expect(() => addon.embed(model, many, Int32Array.of(300, 300), room)).toThrow('more than 512 tokens');
    const notArrays = [[101], [1], [0]] as unknown as [Int32Array, Int32Array, Float32Array];
    expect(() => addon.embed(model, ...notArrays)).toThrow('Int32Array');
    expect(() => addon.embed({ kind: 'minilm' }, ids, Int32Array.of(2), vector)).toThrow('takes a model');
    expect(() => addon.load(weightsPath, 'abacus')).toThrow("no kernel 'abacus'");
  });

  test('a file that is not the model is refused', () => {
    const path = join(temporaryFolder(), 'torn.weights');
    expect(() => openNativeSession(path)).toThrowError(expect.objectContaining({ code: 'data_loss' }));
    copyFileSync(weightsPath, path);
    truncateSync(path, 1_000_000);
    expect(() => openNativeSession(path)).toThrow(`delete ${path}`);
  });
});
