// Multinomial logistic regression as scikit-learn's LogisticRegression fits it by default: cross entropy summed over the
// examples plus half the squared weights over C, intercepts free, L-BFGS.

import { minimise } from './lbfgs.ts';

export interface Examples {
  /** Shape [labels.length × dimensions], row after row. */
  readonly features: Float32Array;
  readonly dimensions: number;
  /** Whole numbers from 0, below `classCount`. */
  readonly labels: readonly number[];
  readonly classCount: number;
}

export interface FitOptions {
  /** The inverse of the strength of the regularisation. */
  readonly c: number;
  readonly iterationsMax: number;
}

export interface LinearClassifier {
  /** A class after the other, each with its intercept last: shape [classes × (dimensions + 1)]. */
  readonly weights: Float64Array;
  /** The most probable class of each row of shape [rows × dimensions]. */
  predict(features: Float32Array): number[];
}

/** scikit-learn's `tol`, on the gradient of the mean loss. */
const gradientTolerance = 1e-4;

export function fitLogisticRegression(
  examples: Examples,
  { c, iterationsMax }: FitOptions,
): LinearClassifier {
  const { dimensions, classCount } = examples;
  const start = new Float64Array(classCount * (dimensions + 1));
  const evaluate = meanLossOf(examples, c);
  const weights = minimise(start, { evaluate, iterationsMax, gradientTolerance });
  return {
    weights,
    predict: (features) => {
      const scores = new Float64Array(classCount);
      return Array.from({ length: features.length / dimensions }, (_, row) => {
        scoreRow(weights, features, row * dimensions, scores);
        return scores.indexOf(Math.max(...scores));
      });
    },
  };
}

/** Weights as in LinearClassifier; the gradient has their shape. */
function meanLossOf({ features, dimensions, labels, classCount }: Examples, c: number) {
  const scores = new Float64Array(classCount);
  const perExample = 1 / labels.length;
  return (weights: Float64Array, gradient: Float64Array): number => {
    let loss = regularise(weights, gradient, { dimensions, strength: perExample / c });
    for (const [row, label] of labels.entries()) {
      const start = row * dimensions;
      scoreRow(weights, features, start, scores);
      const labelScore = scores[label] as number;
      loss += perExample * (toProbabilities(scores) - labelScore);
      for (let k = 0; k < classCount; k++) {
        const error = perExample * ((scores[k] as number) - (k === label ? 1 : 0));
        const base = k * (dimensions + 1);
        for (let d = 0; d < dimensions; d++)
          gradient[base + d] = (gradient[base + d] as number) + error * (features[start + d] as number);
        gradient[base + dimensions] = (gradient[base + dimensions] as number) + error;
      }
    }
    return loss;
  };
}

/** Sets the gradient to the regularisation's own and returns its loss; intercepts are left out. */
function regularise(
  weights: Float64Array,
  gradient: Float64Array,
  { dimensions, strength }: { readonly dimensions: number; readonly strength: number },
): number {
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    const isIntercept = i % (dimensions + 1) === dimensions;
    const weight = isIntercept ? 0 : (weights[i] as number);
    gradient[i] = strength * weight;
    squares += weight * weight;
  }
  return (strength * squares) / 2;
}

function scoreRow(weights: Float64Array, features: Float32Array, start: number, scores: Float64Array): void {
  const dimensions = weights.length / scores.length - 1;
  for (let k = 0; k < scores.length; k++) {
    const base = k * (dimensions + 1);
    let score = weights[base + dimensions] as number;
    for (let d = 0; d < dimensions; d++)
      score += (weights[base + d] as number) * (features[start + d] as number);
    scores[k] = score;
  }
}

/** Softmax in place; returns the logarithm of the sum of the exponentials. */
function toProbabilities(scores: Float64Array): number {
  const highest = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp((scores[k] as number) - highest);
    sum += scores[k] as number;
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / sum;
  return highest + Math.log(sum);
}
