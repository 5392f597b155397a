// The check of a vector that comes from outside. The index would take NaN in silence, and be ruined for good.

import { KmsError } from '../base/errors.ts';

/** Throws `dimension_mismatch` or `invalid_argument`; `vector` may go into an index afterwards. */
export function checkVector(vector: Float32Array, dimensions: number): void {
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
