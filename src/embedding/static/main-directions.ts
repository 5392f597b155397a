// The directions in which a heap of vectors is widest: the first principal components, by orthogonal iteration on the
// covariance (Golub & Van Loan 2013, section 7.3.2). A library for eight vectors of 384 numbers would be a large one.

import { setImmediate } from 'node:timers/promises';

export interface Rows {
  /** Shape [rows × dimensions], mean 0. */
  readonly values: Float32Array;
  readonly dimensions: number;
}

/** The rest of an error shrinks by the ratio of neighbouring variances in each round; 60 leave nothing that matters. */
const rounds = 60;
/** 8 ms of arithmetic between two turns of the event loop. */
const rowsAtOnce = 64;

/** `count` orthogonal unit vectors, widest first. The same rows give the same bits. `onUnit`: some milliseconds are over. */
export async function mainDirections(
  rows: Rows,
  count: number,
  onUnit: () => void,
): Promise<readonly Float64Array[]> {
  const turn = async () => {
    onUnit();
    await setImmediate();
  };
  const { dimensions } = rows;
  const covariance = await covarianceOf(rows, turn);
  let directions: readonly Float64Array[] = Array.from({ length: count }, (_, index) =>
    // Any start will do that is not orthogonal to what is looked for.
    Float64Array.from({ length: dimensions }, (_unused, i) => Math.sin((index + 1) * (i + 1))),
  );
  for (let round = 0; round < rounds; round++) {
    directions = directions.map((direction) => product(covariance, direction));
    makeOrthonormal(directions);
    await turn();
  }
  return directions;
}

/** Shape [dimensions × dimensions], not divided by the number of rows. */
async function covarianceOf({ values, dimensions }: Rows, turn: () => Promise<void>): Promise<Float64Array> {
  const covariance = new Float64Array(dimensions * dimensions);
  for (let start = 0; start < values.length; start += dimensions) {
    addOuterProduct(values.subarray(start, start + dimensions), covariance);
    if ((start / dimensions) % rowsAtOnce === 0) await turn();
  }
  for (let i = 0; i < dimensions; i++)
    for (let j = 0; j < i; j++) covariance[i * dimensions + j] = covariance[j * dimensions + i] as number;
  return covariance;
}

/** The upper half only. */
function addOuterProduct(row: Float32Array, into: Float64Array): void {
  const dimensions = row.length;
  for (let i = 0; i < dimensions; i++) {
    const value = row[i] as number;
    const start = i * dimensions;
    for (let j = i; j < dimensions; j++)
      into[start + j] = (into[start + j] as number) + value * (row[j] as number);
  }
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const result = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) {
    let sum = 0;
    for (let j = 0; j < vector.length; j++)
      sum += (matrix[i * vector.length + j] as number) * (vector[j] as number);
    result[i] = sum;
  }
  return result;
}

/** Gram and Schmidt's way, in place. */
function makeOrthonormal(vectors: readonly Float64Array[]): void {
  for (const [index, vector] of vectors.entries()) {
    for (const earlier of vectors.slice(0, index)) takeAway(vector, earlier);
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  }
}

/** Takes from `vector` what it has of the unit vector `direction`, in place. */
export function takeAway(vector: Float64Array | Float32Array, direction: Float64Array): void {
  const share = dot(vector, direction);
  for (let i = 0; i < vector.length; i++)
    vector[i] = (vector[i] as number) - share * (direction[i] as number);
}

function dot(a: Float64Array | Float32Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
