// From what the model says of each token to rows whose sum says what a text is about. Alone, tokens' vectors all lie in
// one corner: what they have in common, their mean and the directions in which they differ most whatever they mean, is
// taken away (Mu & Viswanath 2018), and frequent ones weigh less (Arora, Liang & Ma 2017).

import { assert } from '../../base/assert.ts';
import { mainDirections, takeAway } from './main-directions.ts';
import { factorMax, type StaticTable, stepsMax } from './static-table.ts';

export interface DistilledTokens {
  /** Ascending. */
  readonly ids: readonly number[];
  /** Shape [ids × dimensions]; changed in place. */
  readonly rows: Float32Array;
  readonly dimensions: number;
  /** Which id's row is that of the empty text. */
  readonly emptyTextId: number;
}

/** From 4 to 16 the judged sets hardly differ (docs/decisions/031). */
const directionsDropped = 8;

/**
 * `weights`: one for each id of the vocabulary; ids that were not distilled say nothing. Takes 3 s for 30,000 tokens, some
 * milliseconds at a time.
 */
export async function shapeTable(
  { ids, rows, dimensions, emptyTextId }: DistilledTokens,
  weights: Float64Array,
  onUnit: () => void,
): Promise<StaticTable> {
  const emptyIndex = ids.indexOf(emptyTextId);
  assert(emptyIndex >= 0 && ids.length > directionsDropped, 'the empty text and enough tokens are distilled');
  takeMeanAway(rows, dimensions);
  const directions = await mainDirections({ values: rows, dimensions }, directionsDropped, onUnit);
  const rowOf = (index: number) => rows.subarray(index * dimensions, (index + 1) * dimensions);
  for (const index of ids.keys()) for (const direction of directions) takeAway(rowOf(index), direction);
  const weighed = ids.map((id, index) => largestOf(rowOf(index)) * (weights[id] ?? 0));
  const heaviest = Math.max(1e-9, ...weighed);
  const table = {
    dimensions,
    rows: new Int8Array(weights.length * dimensions),
    factors: new Uint16Array(weights.length),
    empty: unit(rowOf(emptyIndex)),
  };
  for (const [index, id] of ids.entries()) {
    const row = rowOf(index);
    const largest = largestOf(row);
    table.factors[id] = Math.round(((weighed[index] as number) / heaviest) * factorMax);
    table.rows.set(
      row.map((value) => (largest > 0 ? Math.round((value / largest) * stepsMax) : 0)),
      id * dimensions,
    );
  }
  return table;
}

function takeMeanAway(rows: Float32Array, dimensions: number): void {
  const mean = new Float64Array(dimensions);
  const count = rows.length / dimensions;
  for (let i = 0; i < rows.length; i++)
    mean[i % dimensions] = (mean[i % dimensions] as number) + (rows[i] as number) / count;
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) - (mean[i % dimensions] as number);
}

function largestOf(row: Float32Array): number {
  return row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
