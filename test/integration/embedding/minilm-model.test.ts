import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threadUrl } from '../../../src/actor/thread-entry.ts';
import type { InferenceSession } from '../../../src/embedding/minilm/inference-messages.ts';
import { InferencePool } from '../../../src/embedding/minilm/inference-pool.ts';
import { fastestKernel } from '../../../src/embedding/minilm/minilm-addon.ts';
import {
  minilmTokenizerFile,
  minilmWeightsFile,
  readPinnedFile,
} from '../../../src/embedding/minilm/minilm-files.ts';
import { ensureMiniLmModelFile } from '../../../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmSession } from '../../../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../../../src/embedding/minilm/minilm-tokenizer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { sampleTexts } from './sample-texts.ts';

const tokenizer = loadMiniLmTokenizer();
let dataDir: string;
/** On our own inference where this processor can, on ONNX Runtime elsewhere. */
let int8: InferenceSession;
let onnxInt8: InferenceSession;
let fp32: InferenceSession;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-model-'));
  int8 = await openMiniLmSession(await ensureMiniLmModelFile({ dataDir, precision: 'int8' }));
  onnxInt8 = await openMiniLmSession(await ensureMiniLmModelFile(onOnnxRuntime()));
  fp32 = await openMiniLmSession(await ensureMiniLmModelFile({ dataDir, precision: 'fp32' }));
});

function onOnnxRuntime() {
  return { dataDir, precision: 'int8', runtime: 'onnxruntime' } as const;
}

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

const embed = (session: InferenceSession, text: string) => session.run([tokenizer.encode(text)]);

describe('the model', () => {
  test('every vector has unit length', async () => {
    for (const text of ['', ...sampleTexts]) {
      const vector = await embed(int8, text);
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  test('int8 vectors point where fp32 vectors point', async () => {
    let sum = 0;
    for (const text of sampleTexts) {
      const similarity = cosine(await embed(int8, text), await embed(fp32, text));
      expect(similarity).toBeGreaterThan(0.98);
      sum += similarity;
    }
    expect(sum / sampleTexts.length).toBeGreaterThan(0.99);
  });

  test('padding beside longer texts changes nothing in fp32, and little in int8', async () => {
    const ids = sampleTexts.map((text) => tokenizer.encode(text));
    for (const [session, similarityMin] of [
      [fp32, 0.999_99],
      [onnxInt8, 0.98],
    ] as const) {
      const together = await session.run(ids);
      for (const [index, text] of ids.entries()) {
        const alone = await session.run([text]);
        expect(cosine(alone, together.subarray(index * 384, (index + 1) * 384))).toBeGreaterThan(
          similarityMin,
        );
      }
    }
  });

  test('a paraphrase is nearer than another subject', async () => {
    const [question, paraphrase, other] = await Promise.all(
      ['How do I reset my password?', 'I forgot my login credentials.', 'The printer is out of paper.'].map(
        (text) => embed(int8, text),
      ),
    );
    if (!question || !paraphrase || !other) throw new Error('three vectors');
    expect(cosine(question, paraphrase)).toBeGreaterThan(cosine(question, other) + 0.2);
  });

  test('what stands after token 128 still counts, what stands after token 256 does not', async () => {
    const start = 'printer '.repeat(150);
    const changedSeen = await embed(fp32, `${start}password`);
    expect(cosine(await embed(fp32, start), changedSeen)).toBeLessThan(0.9999);
    const full = 'printer '.repeat(254);
    expect(await embed(fp32, `${full}password`)).toEqual(await embed(fp32, full));
  });
});

describe('the model file', () => {
  test('altered weights are refused', () => {
    const path = join(dataDir, 'weights.safetensors');
    copyFileSync(minilmWeightsFile.path, path);
    expect(readPinnedFile({ ...minilmWeightsFile, path })).toHaveLength(statSync(path).size);
    const bytes = readFileSync(path);
    bytes[1_000_000] = (bytes[1_000_000] as number) ^ 1;
    writeFileSync(path, bytes);
    expect(() => readPinnedFile({ ...minilmWeightsFile, path })).toThrowError(
      expect.objectContaining({ code: 'data_loss' }),
    );
    return expect(
      ensureMiniLmModelFile({
        dataDir: temporaryFolder(),
        precision: 'int8',
        weightsFile: { ...minilmWeightsFile, path },
      }),
    ).rejects.toMatchObject({ code: 'data_loss', facts: { expectedSha256: minilmWeightsFile.sha256 } });
  });

  test('an altered tokenizer is refused', () => {
    expect(() => readPinnedFile({ ...minilmTokenizerFile, path: minilmWeightsFile.path })).toThrow(
      'not the pinned one',
    );
  });

  test('it is built once, and built again when it is torn', async () => {
    const path = await ensureMiniLmModelFile({ dataDir, precision: 'int8' });
    const { mtimeMs } = statSync(path);
    expect(await ensureMiniLmModelFile({ dataDir, precision: 'int8' })).toBe(path);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, 1_000_000));
    await ensureMiniLmModelFile({ dataDir, precision: 'int8' });
    expect(readFileSync(path).equals(whole)).toBe(true);
  });

  test('several that build it at once end with one whole file and leave nothing behind', async () => {
    const raceDir = join(dataDir, 'race');
    const builds = [1, 2, 3].map(() => ensureMiniLmModelFile({ dataDir: raceDir, precision: 'int8' }));
    const paths = new Set(await Promise.all(builds));
    expect(paths.size).toBe(1);
    expect(
      readdirSync(join(raceDir, 'models')).filter((name) => !/\.(onnx|weights)(\.sha256)?$/.test(name)),
    ).toEqual([]);
    await openMiniLmSession([...paths][0] as string);
  });
});

const runtimes = fastestKernel() === null ? (['onnxruntime'] as const) : (['native', 'onnxruntime'] as const);

test.each(runtimes)(
  'threads with the model in them can come and go, while this one computes (%s)',
  async (runtime) => {
    const modelPath = await ensureMiniLmModelFile({ dataDir, precision: 'int8', runtime });
    const session = runtime === 'native' ? int8 : onnxInt8;
    const expected = await embed(session, 'paper jam');
    for (let round = 0; round < 12; round++) {
      const pool = new InferencePool({
        entry: threadUrl(
          new URL('../../../src/embedding/minilm/minilm-provider.ts', import.meta.url).href,
          './inference.thread',
        ),
        modelPath,
        threadsMin: 2,
        threadsMax: 2,
        queueMax: 4,
        idleMs: 1_000,
      });
      const texts = [Int32Array.from(tokenizer.encode('paper jam'))];
      const replies = [pool.run({ texts }), pool.run({ texts })];
      for (let run = 0; run < 5; run++) expect(await embed(session, 'paper jam')).toEqual(expected);
      for (const { vectors } of await Promise.all(replies)) expect(vectors).toEqual(expected);
      await pool.close();
    }
    expect(readdirSync(join(dataDir, 'models')).filter((name) => name.startsWith('binding-'))).toEqual([]);
  },
);
