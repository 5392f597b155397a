import { expect, test } from 'vitest';
import { mergeTopK, neighborsOf } from '../../../src/vector/top-k.ts';

test('a label that two indexes know is one hit', () => {
  const merged = mergeTopK(
    [
      [
        { label: 1, cosine: 0.9 },
        { label: 2, cosine: 0.5 },
      ],
      [
        { label: 1, cosine: 0.9 },
        { label: 3, cosine: 0.7 },
      ],
    ],
    3,
  );
  expect(merged.map(({ label }) => label)).toEqual([1, 3, 2]);
});

test('a cosine stays within its bounds whatever rounding does', () => {
  const [near, far] = neighborsOf({
    labels: Uint32Array.of(1, 2),
    distances: Float32Array.of(-1e-7, 2.0000002),
    count: 2,
  });
  expect([near?.cosine, far?.cosine]).toEqual([1, -1]);
});
