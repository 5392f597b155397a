import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { openReranker, type Reranker } from '../../../src/embedding/cross-encoder/reranker.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  crossEncoderTokensMax,
  expectedScore,
  type SmallCrossEncoderOptions,
  worthOf,
  writeSmallCrossEncoder,
} from '../../support/small-cross-encoder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;
let opened: Reranker[];
let lines: Record<string, unknown>[];

beforeEach(() => {
  folder = temporaryFolder();
  opened = [];
  lines = [];
});

afterEach(async () => {
  await Promise.all(opened.map((reranker) => reranker.close()));
});

async function open({ clock = systemClock, threads = 1 }: { clock?: Clock; threads?: number } = {}) {
  const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
  const reranker = await openReranker({ folder, threads, clock, log });
  opened.push(reranker);
  return reranker;
}

const { signal } = new AbortController();
const wide = { budgetMs: 60_000, signal };
/** Later than any clock of a machine: a thread never finds that its deadline has passed. */
const afterAllTimeMs = 1e15;

async function scoresOf(reranker: Reranker, query: string, texts: readonly string[]): Promise<number[]> {
  const reply = await reranker.rerank({ query, texts, ...wide });
  if (reply.type !== 'done') throw new Error(`expected scores, not ${reply.type}`);
  return [...reply.scores];
}

describe('a cross-encoder', () => {
  it.each<[string, SmallCrossEncoderOptions]>([
    ['one label', {}],
    ['two labels', { labels: 2 }],
    ['ids of 32 bits', { idType: 'int32' }],
  ])('scores each text with the query as its logits say: %s', async (_, options) => {
    writeSmallCrossEncoder(folder, options);
    const reranker = await open();
    const scores = await scoresOf(reranker, 'Printer jam', [
      'paper',
      'router unheard',
      '',
      'jam jam paper',
      'x',
    ]);
    const expected = [['paper'], ['router', 'unheard'], [], ['jam', 'jam', 'paper'], ['x']].map((text) =>
      expectedScore(['printer', 'jam'], text),
    );
    expect(scores).toHaveLength(expected.length);
    for (const [i, score] of expected.entries()) expect(scores[i]).toBeCloseTo(score, 6);
  });

  it('is not asked for types of tokens when it does not know them', async () => {
    writeSmallCrossEncoder(folder, { withTypeIds: false });
    const logit = ['[CLS]', 'jam', '[SEP]', 'paper', '[SEP]'].reduce((sum, word) => sum + worthOf(word), 0);
    const [score] = await scoresOf(await open(), 'jam', ['paper']);
    expect(score).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  });

  it('reads at most its tokens: half of the room for the query, the rest for the text', async () => {
    writeSmallCrossEncoder(folder);
    const reranker = await open();
    const room = crossEncoderTokensMax - 3;
    const half = Math.floor(room / 2);
    const times = (word: string, count: number) => new Array<string>(count).fill(word);
    const long = 'jam '.repeat(10_000);
    const [both] = await scoresOf(reranker, long, [`${'paper '.repeat(room - half)}printer`]);
    expect(both).toBeCloseTo(expectedScore(times('jam', half), times('paper', room - half)), 6);
    const [short] = await scoresOf(reranker, 'jam', [long]);
    expect(short).toBeCloseTo(expectedScore(['jam'], times('jam', room - 1)), 6);
  });

  it('gives every text its own score, however many searches ask at once', async () => {
    writeSmallCrossEncoder(folder);
    const reranker = await open({ threads: 2 });
    const texts = Array.from({ length: 30 }, (_, i) =>
      i % 3 === 0 ? 'paper' : i % 3 === 1 ? 'router' : 'x',
    );
    const queries = ['jam', 'printer', 'router', 'paper jam', ''];
    const found = await Promise.all(queries.map((query) => scoresOf(reranker, query, texts)));
    for (const [q, query] of queries.entries()) {
      const words = query === '' ? [] : query.split(' ');
      for (const [i, text] of texts.entries())
        expect(found[q]?.[i]).toBeCloseTo(expectedScore(words, [text]), 6);
    }
  });
});

describe('the budget', () => {
  it('no texts are scored at once, no time is over at once', async () => {
    writeSmallCrossEncoder(folder);
    const reranker = await open();
    expect(await scoresOf(reranker, 'jam', [])).toEqual([]);
    expect(await reranker.rerank({ query: 'jam', texts: ['paper'], budgetMs: 0, signal })).toEqual({
      type: 'over_budget',
    });
  });

  it('when it ends, what is not begun is dropped and the answer is there at once', async () => {
    writeSmallCrossEncoder(folder);
    const clock = new ManualClock({ nowMs: afterAllTimeMs });
    const reranker = await open({ clock });
    const texts = new Array<string>(4_000).fill('paper jam');
    let tasks = 0;
    texts.slice = (start, end) => {
      tasks += 1;
      return Array.prototype.slice.call(texts, start, end);
    };
    const reply = reranker.rerank({ query: 'jam', texts, budgetMs: 50, signal });
    clock.advance(50);
    expect(await reply).toEqual({ type: 'over_budget' });
    expect(clock.timerCount).toBe(0);
    expect(await scoresOf(reranker, 'jam', ['paper'])).toHaveLength(1);
    // One at work and one that waits, for a single thread.
    expect(tasks).toBeLessThanOrEqual(2);
    expect(lines).toEqual([]);
  });

  it('a thread that finds the time over does not begin another text', async () => {
    writeSmallCrossEncoder(folder);
    // The thread's own clock is past this deadline; the timer here never fires.
    const reranker = await open({ clock: new ManualClock() });
    const reply = await reranker.rerank({ query: 'jam', texts: ['paper'], ...wide });
    expect(reply).toEqual({ type: 'over_budget' });
    expect(lines).toEqual([]);
  });

  it('a search that is given up ends with its own reason, and the next one is served', async () => {
    writeSmallCrossEncoder(folder);
    const reranker = await open();
    const abort = new AbortController();
    const texts = new Array<string>(4_000).fill('paper jam');
    const reply = reranker.rerank({ query: 'jam', texts, budgetMs: 60_000, signal: abort.signal });
    abort.abort(new Error('the caller has left'));
    await expect(reply).rejects.toThrow('the caller has left');
    await expect(
      reranker.rerank({ query: 'jam', texts, budgetMs: 60_000, signal: abort.signal }),
    ).rejects.toThrow('the caller has left');
    expect(await scoresOf(reranker, 'jam', ['paper'])).toHaveLength(1);
  });
});

describe('a model that fails', () => {
  it('leaves the search unharmed, and is logged once until it has worked again', async () => {
    writeSmallCrossEncoder(folder, { worths: { router: Number.NaN } });
    const reranker = await open();
    const askFor = (text: string) => reranker.rerank({ query: 'jam', texts: ['paper', text], ...wide });
    expect(await askFor('router')).toEqual({ type: 'unavailable' });
    expect(await askFor('router')).toEqual({ type: 'unavailable' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ msg: 'reranking fails; hits keep their order', code: 'unavailable' });
    expect((await askFor('paper')).type).toBe('done');
    expect(await askFor('router')).toEqual({ type: 'unavailable' });
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain('paper');
  });

  it('is unavailable after closing, and closing waits for what is under way', async () => {
    writeSmallCrossEncoder(folder);
    const reranker = await open();
    const under = reranker.rerank({ query: 'jam', texts: new Array(40).fill('paper'), ...wide });
    await reranker.close();
    expect((await under).type).toBe('done');
    expect(await reranker.rerank({ query: 'jam', texts: ['paper'], ...wide })).toEqual({
      type: 'unavailable',
    });
  });
});

describe('a folder that cannot be used', () => {
  it('is refused with every file that is missing or odd', async () => {
    writeFileSync(join(folder, 'config.json'), '{"id2label": {"0": "a", "1": "b", "2": "c"}}');
    await expect(open()).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [
        { field: join(folder, 'model.onnx') },
        { field: join(folder, 'tokenizer.json') },
        { field: join(folder, 'config.json'), description: expect.stringContaining('not 3') },
      ],
    });
  });

  it.each<[string, () => void, string, RegExp]>([
    [
      'a tokenizer without a template for pairs',
      () => writeSmallCrossEncoder(folder, { withPairTemplate: false }),
      'invalid_argument',
      /tokenizer\.json must say how a pair/,
    ],
    [
      'a tokenizer that is no JSON',
      () => writeFileSync(join(folder, 'tokenizer.json'), '{'),
      'invalid_argument',
      /tokenizer\.json must be a tokenizer/,
    ],
    [
      'a model with three labels',
      () => {
        writeSmallCrossEncoder(folder, { labels: 3 });
        writeFileSync(join(folder, 'config.json'), '{}');
      },
      'failed_precondition',
      /model\.onnx must give one or two float32 numbers .* 1 × 3/,
    ],
    [
      'a model file that is none',
      () => writeFileSync(join(folder, 'model.onnx'), 'not a model'),
      'failed_precondition',
      /model\.onnx cannot be loaded/,
    ],
  ])('%s', async (_, spoil, code, message) => {
    writeSmallCrossEncoder(folder);
    spoil();
    await expect(open()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('says which inputs a model asks for that no cross-encoder has', async () => {
    rmSync(folder, { recursive: true });
    writeSmallCrossEncoder(folder);
    const { encodeOnnxModel, onnxType } = await import('../../../src/embedding/minilm/onnx-model.ts');
    const pixels = { name: 'pixels', dataType: onnxType.float, dims: ['batch', 1] };
    const nodes = [
      { name: 'n', opType: 'Identity', domain: '', input: ['pixels'], output: ['logits'], attribute: [] },
    ];
    const image = {
      name: 'image',
      nodes,
      initializers: [],
      inputs: [pixels],
      outputs: [{ ...pixels, name: 'logits' }],
    };
    writeFileSync(join(folder, 'model.onnx'), encodeOnnxModel(image));
    await expect(open()).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringMatching(/must ask for input_ids.*it asks for pixels/),
    });
  });
});
