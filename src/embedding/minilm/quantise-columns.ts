// Weights as bytes: a quarter of the memory traffic, and 8-bit multiply-add instructions instead of float ones.

export interface QuantisedMatrix {
  /** Shape [rows × columns], row-major; a weight is (value - zeroPoint) * scales[column]. */
  readonly values: Uint8Array;
  readonly scales: Float32Array;
  readonly zeroPoint: number;
}

/**
 * Unsigned with 128 for zero, not signed: before VNNI, x86 multiplies unsigned by signed bytes in 16 bits that
 * overflow silently, and the same text would get another vector on an older processor. Measured equally fast.
 */
const zeroPoint = 128;

/** A column of zeros would divide by zero: any scale serves it, and no real weight is so small. */
const scaleMin = 1e-30;

/**
 * Quantises a matrix of shape [rows × columns] with one scale a column: an output neuron with small weights keeps its
 * resolution beside one with large weights. Symmetric around `zeroPoint`, -127..127 steps.
 */
export function quantiseColumns(matrix: Float32Array, columns: number): QuantisedMatrix {
  const scales = new Float32Array(columns);
  for (let i = 0; i < matrix.length; i++) {
    const column = i % columns;
    scales[column] = Math.max(scales[column] as number, Math.abs(matrix[i] as number));
  }
  for (let column = 0; column < columns; column++) {
    scales[column] = Math.max((scales[column] as number) / 127, scaleMin);
  }
  const values = new Uint8Array(matrix.length);
  for (let i = 0; i < matrix.length; i++) {
    values[i] = zeroPoint + Math.round((matrix[i] as number) / (scales[i % columns] as number));
  }
  return { values, scales, zeroPoint };
}
