// The vector of a number: two processes agree on it without talking.

import { randomFrom, unitVector } from './random.ts';

export function numberedVector(number: number, dimensions: number): Float32Array {
  return unitVector(randomFrom(number + 1), dimensions);
}
