// The static model itself: a row for each token of the vocabulary, and a text's vector is the direction of the sum of its
// tokens' rows. There is no attention: the order of words says nothing, and a token means the same in every text. That
// is a twenty-thousandth of the transformer's arithmetic. All of it is in whole numbers, twice as fast as floats here, and
// exact: a text has the same vector to the bit wherever and in whatever order it is summed.

import { assert } from '../../base/assert.ts';

export interface StaticTable {
  readonly dimensions: number;
  /** Shape [vocabulary × dimensions], -127..127. 12 MB instead of the 47 MB of floats; the judged sets see no difference. */
  readonly rows: Int8Array;
  /** What a row is multiplied by, its token's weight included; at most `factorMax`, and 0 for tokens that say nothing. */
  readonly factors: Uint16Array;
  /** Unit length: of a text in which no token says anything. */
  readonly empty: Float32Array;
}

/** Of one sum. 512 × 127 × 32,767 is below 2³¹: no sum overflows. */
const tokensMax = 512;
export const factorMax = 32_767;
export const stepsMax = 127;

export class RowSum {
  readonly #table: StaticTable;
  readonly #sum: Int32Array;

  constructor(table: StaticTable) {
    this.#table = table;
    this.#sum = new Int32Array(table.dimensions);
  }

  /** Writes the unit vector of the tokens into `vector`, shape [dimensions]. Special tokens among them do not count. */
  write(ids: readonly number[], vector: Float32Array): void {
    const sum = this.#sum;
    assert(
      vector.length === sum.length && ids.length <= tokensMax,
      'a vector of the table, a text of the model',
    );
    sum.fill(0);
    // Four rows a turn, so that a number of the sum is read and written a quarter as often; id 0 is [PAD] and says nothing.
    for (let place = 0; place < ids.length; place += 4)
      this.#addRows(ids[place] ?? 0, ids[place + 1] ?? 0, ids[place + 2] ?? 0, ids[place + 3] ?? 0);
    const length = lengthOf(sum);
    if (length === 0) vector.set(this.#table.empty);
    else for (let i = 0; i < sum.length; i++) vector[i] = (sum[i] as number) / length;
  }

  #addRows(a: number, b: number, c: number, d: number): void {
    const { rows, factors } = this.#table;
    const sum = this.#sum;
    const [atA, atB, atC, atD] = [a * sum.length, b * sum.length, c * sum.length, d * sum.length];
    const factorA = factors[a] as number;
    const factorB = factors[b] as number;
    const factorC = factors[c] as number;
    const factorD = factors[d] as number;
    for (let i = 0; i < sum.length; i++) {
      sum[i] =
        ((sum[i] as number) +
          Math.imul(factorA, rows[atA + i] as number) +
          Math.imul(factorB, rows[atB + i] as number) +
          Math.imul(factorC, rows[atC + i] as number) +
          Math.imul(factorD, rows[atD + i] as number)) |
        0;
    }
  }
}

function lengthOf(sum: Int32Array): number {
  let squares = 0;
  for (let i = 0; i < sum.length; i++) squares += (sum[i] as number) * (sum[i] as number);
  return Math.sqrt(squares);
}
