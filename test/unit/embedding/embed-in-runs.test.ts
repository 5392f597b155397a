import { describe, expect, test } from 'vitest';
import { embedInRuns } from '../../../src/embedding/minilm/embed-in-runs.ts';
import type { InferenceSession } from '../../../src/embedding/minilm/inference-messages.ts';

/** Embeds a text as its first token; fails for a run with a negative one. Notes each run's texts. */
function sessionOf(runs: number[][], runTokensMax?: number): InferenceSession {
  return {
    dimensions: 1,
    ...(runTokensMax !== undefined && { runTokensMax }),
    async run(texts) {
      runs.push(texts.map((text) => text[0] as number));
      if (texts.some((text) => (text[0] as number) < 0)) throw new Error('negative token');
      return Float32Array.from(texts, (text) => text[0] as number);
    },
  };
}

const text = (first: number, length: number) => [first, ...new Array<number>(length - 1).fill(0)];

describe('texts in runs', () => {
  test('share one where the session allows it, up to 128 tokens', async () => {
    const runs: number[][] = [];
    const texts = [text(1, 60), text(2, 60), text(3, 60), text(4, 300), text(5, 2)];
    const { vectors } = await embedInRuns(texts, { session: sessionOf(runs, 512), dimensions: 1 });
    expect(runs).toEqual([[1, 2], [3], [4], [5]]);
    expect([...vectors]).toEqual([1, 2, 3, 4, 5]);
  });

  test('get one each where they would change each other', async () => {
    const runs: number[][] = [];
    const texts = [text(1, 2), [], [], text(2, 2)];
    await embedInRuns(texts, { session: sessionOf(runs), dimensions: 1 });
    expect(runs).toEqual([[1], [undefined], [undefined], [2]]);
  });

  test('a text that fails its run fails alone', async () => {
    const runs: number[][] = [];
    const texts = [text(1, 9), text(-2, 9), text(3, 9)];
    const { vectors, failures } = await embedInRuns(texts, {
      session: sessionOf(runs, 512),
      dimensions: 1,
    });
    expect(runs).toEqual([[1, -2, 3], [1], [-2], [3]]);
    expect([...vectors]).toEqual([1, 0, 3]);
    expect(failures).toMatchObject([{ index: 1, fault: { message: 'negative token' } }]);
  });

  test('what is thrown between two runs ends them all', async () => {
    const runs: number[][] = [];
    let calls = 0;
    const between = async () => {
      if (++calls === 2) throw new Error('cancelled');
    };
    const options = { session: sessionOf(runs, 512), dimensions: 1, between };
    await expect(embedInRuns([text(1, 100), text(2, 100)], options)).rejects.toThrow('cancelled');
    expect(runs).toEqual([[1]]);
  });
});
