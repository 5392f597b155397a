// How far a mean would move with other queries of the same kind: the percentile bootstrap (Efron 1979). Resampling the
// differences of two systems query by query is the paired test of Sakai 2006.

import { randomFrom } from '../../test/support/random.ts';

/** A mean, and the range that holds the true one in 95 of 100 cases. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The usual for a 95 % interval: its ends then vary by about a twentieth of its width. */
const resamples = 2_000;
const tail = 0.025;

/** `values`: one a query. The same seed gives the same interval. NaN without values. */
export function estimate(values: readonly number[], seed: number): Estimate {
  const random = randomFrom(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++)
      sum += values[Math.floor(random() * values.length)] as number;
    means[resample] = sum / values.length;
  }
  means.sort();
  return { mean: mean(values), low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** How much more `left` has than `right`, both index-aligned with the queries. */
export function estimateDifference(
  left: readonly number[],
  right: readonly number[],
  seed: number,
): Estimate {
  return estimate(
    left.map((value, index) => value - (right[index] as number)),
    seed,
  );
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Linear between the two nearest of the sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
