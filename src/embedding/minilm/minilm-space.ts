// What the default model is called and how long its vectors are; imported wherever the model itself must not be loaded.

import type { VectorSpace } from '../../model/vector-space.ts';

/** `fp32` is three to seven times slower than `int8` and hardly better: STS-B test Spearman .8203 against .8167. */
export type Precision = 'int8' | 'fp32';

export const minilmDimensions = 384;

/**
 * Raised whenever the graph that minilm-graph.ts builds changes, or the file that minilm-weights.ts writes: files of an older
 * version are then not used any more.
 */
export const minilmGraphVersion = 1;

export function minilmModel(precision: Precision): string {
  return `minilm-l6-v2/${precision}`;
}

/** The space of texts cleaned by `cleanerVersion` and embedded by the default model. */
export function minilmSpace(cleanerVersion: number, precision: Precision = 'int8'): VectorSpace {
  return {
    model: minilmModel(precision),
    dimensions: minilmDimensions,
    normalisation: 'unit',
    cleanerVersion,
  };
}
