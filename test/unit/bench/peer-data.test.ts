import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recallOf } from '../../../native-bench/exact-neighbours.ts';
import { PeerData } from '../../../native-bench/peers/peer-data.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const shape = { dimensions: 8, stored: 300, extra: 20, queries: 12 };

function writtenData(): { folder: string; data: PeerData } {
  const folder = temporaryFolder();
  return { folder, data: PeerData.write(folder, shape) };
}

describe('PeerData', () => {
  it('gives every process the same vectors and queries', () => {
    const { folder, data } = writtenData();
    const read = PeerData.read(folder, shape);
    expect(read.rows(0, shape.stored + shape.extra)).toEqual(data.rows(0, shape.stored + shape.extra));
    expect(read.query(5)).toEqual(data.query(5));
  });

  it('repeats its queries when more are asked for than there are, and never asks for a stored vector', () => {
    const { data } = writtenData();
    expect(data.query(shape.queries + 3)).toEqual(data.query(3));
    for (let row = 0; row < shape.stored; row++) expect(data.rows(row, 1)).not.toEqual(data.query(0));
  });

  it('has exact answers that a sort of all inner products gives', () => {
    const { data } = writtenData();
    const product = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, x, d) => sum + x * (b[d] as number), 0);
    const expected = Array.from({ length: shape.queries }, (_, i) => {
      const scored = Array.from({ length: shape.stored }, (_, id) => ({
        id,
        score: product(data.rows(id, 1), data.query(i)),
      }));
      scored.sort((a, b) => b.score - a.score);
      return new Set(scored.slice(0, 10).map(({ id }) => id));
    });
    expect(data.exactAnswers(shape.queries, 10)).toEqual(expected);
  });
});

describe('recallOf', () => {
  it('is the share of the exact answers that were found, whatever else was found, and counts none twice', () => {
    expect(recallOf([[1, 2, 9], [4]], [new Set([1, 2]), new Set([3, 4])])).toBe(0.75);
    expect(recallOf([[1, 1]], [new Set([1, 2])])).toBe(0.5);
    expect(recallOf([], [new Set([1])])).toBe(0);
  });

  it('is one for the exact answers in any order', () => {
    const answers = fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1 }), (exact) => {
        const found = exact.map((ids) => [...ids].reverse());
        expect(
          recallOf(
            found,
            exact.map((ids) => new Set(ids)),
          ),
        ).toBe(1);
      }),
    );
  });
});
