// The same incident, reported by five people, is one hit and not five: near-duplicates become one.

import type { Similarity } from './diversity.ts';

export interface Collapsed {
  /** Positions that stay, in their order. */
  readonly kept: readonly number[];
  /** Index-aligned with `kept`: the positions that each stands for, itself left out. */
  readonly duplicates: readonly (readonly number[])[];
}

export interface CollapseOptions {
  readonly similarityMin: number;
  readonly similarity: Similarity;
  /** More are not kept: what follows then is looked at only for duplicates of those. */
  readonly keptMax: number;
}

/**
 * From the first to the last: one that is like an earlier kept one (similarity at least `similarityMin`) goes to it, and
 * to the nearest where there are several; any other is kept. So which of the first n are kept depends on the first n
 * alone. Costs `keptMax` × n similarities at most: both are for the caller to bound.
 */
export function collapse(count: number, { similarityMin, similarity, keptMax }: CollapseOptions): Collapsed {
  const kept: number[] = [];
  const duplicates: number[][] = [];
  for (let position = 0; position < count; position++) {
    let nearest = -1;
    let nearestSimilarity = similarityMin;
    for (const [i, other] of kept.entries()) {
      const similar = similarity(other, position);
      if (similar < nearestSimilarity || (nearest >= 0 && similar === nearestSimilarity)) continue;
      nearest = i;
      nearestSimilarity = similar;
    }
    if (nearest >= 0) duplicates[nearest]?.push(position);
    else if (kept.length < keptMax) {
      kept.push(position);
      duplicates.push([]);
    }
  }
  return { kept, duplicates };
}
