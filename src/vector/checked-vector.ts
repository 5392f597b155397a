// The last check before native code. hnswlib-node takes plain arrays only, ends the process on a value that is not a
// number, and accepts NaN in silence, which ruins the graph for good.

import { KmsError } from '../base/errors.ts';

/** Throws `dimension_mismatch` or `invalid_argument`; `vector` may go to the native index afterwards. */
export function checkVector(vector: readonly number[], dimensions: number): void {
  if (vector.length !== dimensions) {
    throw new KmsError('dimension_mismatch', `a vector has ${vector.length} values, not ${dimensions}`, {
      facts: { expectedDimensions: dimensions, receivedDimensions: vector.length },
    });
  }
  for (let i = 0; i < dimensions; i++) {
    if (!Number.isFinite(vector[i]))
      throw new KmsError('invalid_argument', `value ${i} of a vector is not finite`);
  }
}

/**
 * One array that is refilled: copying 384 floats into it takes a microsecond, making a new one eight. What `fill`
 * returns is good until the next `fill`.
 */
export class VectorScratch {
  readonly #values: number[];

  constructor(dimensions: number) {
    this.#values = new Array<number>(dimensions).fill(0);
  }

  /** The row of `vectors` that starts at `offset`. */
  fill(vectors: Float32Array, offset = 0): readonly number[] {
    const values = this.#values;
    for (let i = 0; i < values.length; i++) values[i] = vectors[offset + i] as number;
    return values;
  }
}
