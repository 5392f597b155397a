import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mainDirections } from '../../../src/embedding/static/main-directions.ts';
import { shapeTable } from '../../../src/embedding/static/shape-table.ts';
import { factorMax, RowSum, stepsMax } from '../../../src/embedding/static/static-table.ts';
import { readVocabulary, tokenWeights } from '../../../src/embedding/static/vocabulary.ts';
import { randomFrom } from '../../support/random.ts';

const dimensions = 12;
const vocabulary = 40;
const empty = Float32Array.from({ length: dimensions }, (_, i) => (i === 3 ? 1 : 0));

/** Rows and factors at random; id 0 says nothing, as [PAD] does. */
function randomTable(seed: number) {
  const random = randomFrom(seed);
  const rows = Int8Array.from({ length: vocabulary * dimensions }, () =>
    Math.round((2 * random() - 1) * 127),
  );
  const factors = Uint16Array.from({ length: vocabulary }, (_, id) => (id === 0 ? 0 : 1 + random() * 32_766));
  return { dimensions, rows, factors, empty };
}

function vectorOf(table: ReturnType<typeof randomTable>, ids: readonly number[]): Float32Array {
  const vector = new Float32Array(dimensions).fill(Number.NaN);
  new RowSum(table).write(ids, vector);
  return vector;
}

const lengthOf = (vector: Float32Array) => Math.hypot(...vector);
const id = fc.integer({ min: 1, max: vocabulary - 1 });

describe('a text of the static model', () => {
  test('has the direction of the weighed sum of its rows, and unit length', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(id, { minLength: 1, maxLength: 30 }), (seed, ids) => {
        const table = randomTable(seed);
        const sum = Array.from({ length: dimensions }, (_, i) =>
          ids.reduce((total, each) => {
            const row = table.rows[each * dimensions + i] as number;
            return total + row * (table.factors[each] as number);
          }, 0),
        );
        const length = Math.hypot(...sum);
        fc.pre(length > 0);
        const vector = vectorOf(table, ids);
        expect(lengthOf(vector)).toBeCloseTo(1, 5);
        for (const [i, value] of sum.entries()) expect(vector[i]).toBeCloseTo(value / length, 6);
      }),
    );
  });

  test('has the same bits whatever the order of its tokens', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(id, { maxLength: 300 }), (seed, ids) => {
        const table = randomTable(seed);
        const shuffled = ids.toSorted((a, b) => ((a * 7919) % 41) - ((b * 7919) % 41) || a - b);
        expect(vectorOf(table, shuffled)).toEqual(vectorOf(table, ids));
      }),
    );
  });

  test('of nothing that says anything has the vector of the empty text', () => {
    const table = randomTable(1);
    expect(vectorOf(table, [])).toEqual(empty);
    expect(vectorOf(table, [0, 0, 0])).toEqual(empty);
  });

  test('no sum of a text that the model reads overflows', () => {
    const table = {
      dimensions: 1,
      rows: Int8Array.of(0, stepsMax),
      factors: Uint16Array.of(0, factorMax),
      empty: Float32Array.of(-1),
    };
    const vector = new Float32Array(1);
    new RowSum(table).write(new Array<number>(512).fill(1), vector);
    expect(vector).toEqual(Float32Array.of(1));
    expect(() => new RowSum(table).write(new Array<number>(513).fill(1), vector)).toThrow();
  });
});

describe('the weight of a token', () => {
  const tokens = readVocabulary();
  const weights = tokenWeights(tokens);
  const weightOf = (token: string) => weights[tokens.indexOf(token)] as number;

  test('rises with its rarity', () => {
    const words = ['the', 'is', 'after', 'computer', 'laptop', 'printer'];
    const risen = words.map(weightOf);
    expect(risen).toEqual(risen.toSorted((a, b) => a - b));
    expect(weightOf('printer')).toBeGreaterThan(10 * weightOf('the'));
  });

  test('is small for numbers, and nothing for what never stands in a text', () => {
    expect(weightOf('1978')).toBeLessThan(weightOf('printer') / 4);
    for (const token of ['[PAD]', '[CLS]', '[SEP]', '[MASK]', '[unused5]']) expect(weightOf(token)).toBe(0);
    expect(weightOf('[UNK]')).toBeGreaterThan(0);
  });
});

describe('the main directions', () => {
  test('are where the vectors are widest, and stand upright on each other', async () => {
    const random = randomFrom(7);
    const width = [0.1, 3, 0.1, 9, 0.1, 0.1];
    const values = Float32Array.from(
      { length: 600 },
      (_, i) => (2 * random() - 1) * (width[i % 6] as number),
    );
    const found = await mainDirections({ values, dimensions: 6 }, 2, () => undefined);
    const [widest, second] = found.map((direction) => [...direction]);
    expect(Math.abs(widest?.[3] as number)).toBeCloseTo(1, 2);
    expect(Math.abs(second?.[1] as number)).toBeCloseTo(1, 2);
    const product = widest?.reduce((sum, value, i) => sum + value * (second?.[i] as number), 0);
    expect(product).toBeCloseTo(0, 10);
  });

  test('and the mean are not in a shaped table any more', async () => {
    const random = randomFrom(11);
    const ids = Array.from({ length: 60 }, (_, index) => index);
    const shift = Float32Array.from({ length: dimensions }, () => random());
    const rows = Float32Array.from({ length: 60 * dimensions }, (_, i) => {
      const along = i % dimensions === 5 ? 20 : 1;
      return 10 * (shift[i % dimensions] as number) + along * (random() - 0.5);
    });
    const weights = new Float64Array(60).fill(1);
    const distilled = { ids, rows, dimensions, emptyTextId: 0 };
    const table = await shapeTable(distilled, weights, () => undefined);
    // What was widest has all but gone.
    const real = (token: number, i: number) =>
      ((table.rows[token * dimensions + i] as number) * (table.factors[token] as number)) /
      factorMax /
      stepsMax;
    const spread = (i: number) => Math.max(...ids.map((token) => Math.abs(real(token, i))));
    const others = ids.length > 0 ? [0, 1, 2, 3, 4, 6, 7].map(spread) : [];
    expect(spread(5)).toBeLessThan(Math.max(...others));
    expect(Math.hypot(...table.empty)).toBeCloseTo(1, 5);
  });
});
