// Hits that differ from each other: maximal marginal relevance (Carbonell & Goldstein 1998). Each place goes to the hit
// that is best by `lambda × relevance - (1 - lambda) × likeness to the nearest hit above it`.

import { assert } from '../base/assert.ts';

/** Cosine of two hits' best chunks, by their positions. */
export type Similarity = (a: number, b: number) => number;

export interface DiversityOptions {
  /** In [0, 1]: 1 keeps the order, 0 looks at differences alone, after the first. */
  readonly lambda: number;
  /** So many at the top stay where they are. */
  readonly fixed: number;
  readonly similarity: Similarity;
}

/**
 * The new order, as positions in the old one. `scores` are index-aligned with the hits; whatever their scale, the best is
 * taken for 1 and the worst for 0. As reranking and pinning order hits otherwise than by score, the scores are handed out
 * anew: the highest to the first hit, and so on. Costs n² / 2 similarities: n is for the caller to bound. Asserts that
 * scores and similarities are finite.
 */
export function diversify(scores: readonly number[], options: DiversityOptions): number[] {
  const { lambda, fixed, similarity } = options;
  const relevances = relevancesByPlace(scores);
  const order: number[] = [];
  const left = new Set(scores.keys());
  const nearest = new Float64Array(scores.length).fill(-1);
  while (left.size > 0) {
    const picked = order.length < fixed ? order.length : best(left, relevances, nearest, lambda);
    order.push(picked);
    left.delete(picked);
    for (const other of left) nearest[other] = Math.max(nearest[other] as number, similarity(picked, other));
  }
  return order;
}

function best(
  left: ReadonlySet<number>,
  relevances: readonly number[],
  nearest: Float64Array,
  lambda: number,
): number {
  let picked = -1;
  let pickedValue = Number.NEGATIVE_INFINITY;
  for (const position of left) {
    const value = lambda * (relevances[position] as number) - (1 - lambda) * (nearest[position] as number);
    // Of equals the one that stood higher: positions come in ascending order.
    if (value > pickedValue) {
      picked = position;
      pickedValue = value;
    }
  }
  // NaN is above nothing: with one of them left alone nothing would ever be picked, and the caller's loop not end.
  assert(picked >= 0, 'scores and similarities are finite');
  return picked;
}

function relevancesByPlace(scores: readonly number[]): number[] {
  const descending = [...scores].sort((a, b) => b - a);
  const highest = descending[0] ?? 0;
  const span = highest - (descending.at(-1) ?? 0);
  return descending.map((score) => (span > 0 ? 1 - (highest - score) / span : 1));
}
