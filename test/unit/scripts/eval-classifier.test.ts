// The classification protocol's parts: the optimiser on functions whose minimum is known, the classifier on toys, the
// draws against NumPy's.

import { describe, expect, it } from 'vitest';
import { drawExamples } from '../../../scripts/eval/judge-labelled.ts';
import { minimise } from '../../../scripts/eval/lbfgs.ts';
import { fitLogisticRegression } from '../../../scripts/eval/logistic-regression.ts';
import { numpyShuffled } from '../../../scripts/eval/numpy-shuffle.ts';
import { randomFrom } from '../../support/random.ts';

describe('the optimiser', () => {
  it('finds the minimum of the Rosenbrock function, a curved valley', () => {
    const found = minimise(new Float64Array([-1.2, 1]), {
      evaluate: (point, gradient) => {
        const [x, y] = [point[0] as number, point[1] as number];
        gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
        gradient[1] = 200 * (y - x * x);
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
      },
      iterationsMax: 200,
      gradientTolerance: 1e-9,
    });
    expect(found[0]).toBeCloseTo(1, 6);
    expect(found[1]).toBeCloseTo(1, 6);
  });

  it('leaves its start as it is, and stays there when it is the minimum', () => {
    const start = new Float64Array([0]);
    const found = minimise(start, {
      evaluate: (point, gradient) => {
        gradient[0] = 2 * (point[0] as number);
        return (point[0] as number) ** 2;
      },
      iterationsMax: 10,
      gradientTolerance: 0,
    });
    expect([...start, ...found]).toEqual([0, 0]);
  });
});

describe('the classifier', () => {
  const options = { c: 1, iterationsMax: 100 };

  it('tells three clouds apart', () => {
    const random = randomFrom(1);
    const centres = [
      [3, 0],
      [-3, 0],
      [0, 3],
    ];
    const labels = Array.from({ length: 60 }, (_, row) => row % 3);
    const features = new Float32Array(
      labels.flatMap((label) => (centres[label] ?? []).map((value) => value + random() - 0.5)),
    );
    const classifier = fitLogisticRegression({ features, dimensions: 2, labels, classCount: 3 }, options);
    expect(classifier.predict(features)).toEqual(labels);
  });

  it('weighs examples against simplicity as scikit-learn does: the optimum solved by hand', () => {
    // One feature, an example of each class at +1 and -1: the weights are ±w, the intercepts 0, and the derivative of
    // -2 ln p + w² with p = 1 / (1 + exp(-2 w)) is 0 where w = 2 (1 - p).
    const features = new Float32Array([1, -1]);
    const examples = { features, dimensions: 1, labels: [0, 1], classCount: 2 };
    const [w = 0, intercept, opposite] = fitLogisticRegression(examples, options).weights;
    expect(w).toBeCloseTo(2 * (1 - 1 / (1 + Math.exp(-2 * w))), 3);
    expect(w).toBeCloseTo(0.521, 2);
    expect([intercept, opposite]).toEqual([expect.closeTo(0, 6), expect.closeTo(-w, 6)]);
  });

  it('follows the intercept where the features say nothing: the commoner class wins', () => {
    const features = new Float32Array(10);
    const labels = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1];
    const classifier = fitLogisticRegression({ features, dimensions: 1, labels, classCount: 2 }, options);
    expect(classifier.predict(new Float32Array([0]))).toEqual([1]);
  });
});

describe('the draws', () => {
  it('shuffle as NumPy does: RandomState(42).shuffle of 0 to 9', () => {
    expect(numpyShuffled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 42)).toEqual([8, 1, 5, 0, 7, 2, 9, 4, 3, 6]);
  });

  it('take eight examples a label, other ones each time', () => {
    const train = Array.from({ length: 100 }, (_, i) => ({ text: `text ${i}`, label: `label ${i % 4}` }));
    const draws = drawExamples(train);
    expect(draws).toHaveLength(10);
    for (const draw of draws) {
      const counts = new Map<string, number>();
      for (const index of draw) {
        const label = train[index]?.label ?? '';
        counts.set(label, (counts.get(label) ?? 0) + 1);
      }
      expect([...counts.values()]).toEqual([8, 8, 8, 8]);
    }
    expect(new Set(draws.map((draw) => [...draw].sort().join())).size).toBe(10);
  });

  it('take all of a label that has fewer', () => {
    const draws = drawExamples([
      { text: 'one', label: 'a' },
      { text: 'two', label: 'b' },
      { text: 'three', label: 'b' },
    ]);
    expect(draws.map((draw) => draw.length)).toEqual(new Array(10).fill(3));
  });
});
