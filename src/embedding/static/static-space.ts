// What the static model is called and how long its vectors are; imported wherever its table must not be loaded.

import type { VectorSpace } from '../../model/vector-space.ts';
import { minilmDimensions } from '../minilm/minilm-space.ts';

/** The number rises with every change of how the table is made: other rows are another space. */
export const staticModel = 'minilm-static-v1';

/** Those of the model that it was distilled from. */
export const staticDimensions = minilmDimensions;

/** The space of texts cleaned by `cleanerVersion` and embedded by the static model. */
export function staticSpace(cleanerVersion: number): VectorSpace {
  return { model: staticModel, dimensions: staticDimensions, normalisation: 'unit', cleanerVersion };
}
