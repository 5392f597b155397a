// Vectors on the wire are little-endian float32 bytes: no conversion a value, only a check and a scaling.

import { endianness } from 'node:os';
import { assert } from '../base/assert.ts';
import type { InputFaults } from './input-faults.ts';

const bytesPerValue = 4;
assert(endianness() === 'LE', 'vectors are read and written as they lie in memory, little-endian');

/** How long a vector has to be for these collections (empty: all). Asked only where a vector is given. */
export type DimensionsOf = (collections: readonly string[]) => number;

/** Gives memory for a vector of so many values, all zero. */
export type VectorRoom = (values: number) => Float32Array;

const ownRoom: VectorRoom = (values) => new Float32Array(values);

/**
 * Room for the vectors of one message, one behind the other in memory that threads share: none of the threads a document
 * passes through gets a copy of its own, and none has a buffer a document to collect.
 */
export function sharedRoom(bytesMax: number): VectorRoom {
  const memory = new SharedArrayBuffer(bytesMax);
  let used = 0;
  return (values) => {
    const vector = new Float32Array(memory, used, values);
    used += values * bytesPerValue;
    return vector;
  };
}

/**
 * A vector of unit length, shape [dimensions]; null when it is not fit for the space, and then no room is taken unless a
 * value is at fault. Always a copy: the bytes lie unaligned in the buffer of the whole message, and the vector moves on
 * to other threads.
 */
export function vectorFromWire(
  bytes: Uint8Array,
  dimensions: number,
  path: string,
  faults: InputFaults,
  room: VectorRoom = ownRoom,
): Float32Array | null {
  if (bytes.length % bytesPerValue !== 0) {
    faults.add(path, `has ${bytes.length} bytes: float32 values have 4 bytes each`);
    return null;
  }
  if (bytes.length !== dimensions * bytesPerValue) {
    faults.addDimensionMismatch(path, dimensions, bytes.length / bytesPerValue);
    return null;
  }
  const vector = room(dimensions);
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength).set(bytes);
  let squares = 0;
  for (let index = 0; index < dimensions; index += 1) {
    const value = vector[index] as number;
    squares += value * value;
  }
  // Doubles hold the sum of any finite float32 squares, so it is finite exactly when every value is.
  if (!Number.isFinite(squares)) {
    const index = vector.findIndex((value) => !Number.isFinite(value));
    faults.add(path, `has the value ${vector[index]} at index ${index}: only finite numbers`);
    return null;
  }
  if (squares === 0) {
    faults.add(path, 'is all zero: it has no direction');
    return null;
  }
  const scale = 1 / Math.sqrt(squares);
  for (let index = 0; index < dimensions; index += 1) vector[index] = (vector[index] as number) * scale;
  return vector;
}

/** A view of the vectors' own memory: no copy. */
export function vectorToWire(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer as ArrayBuffer, vector.byteOffset, vector.byteLength);
}
