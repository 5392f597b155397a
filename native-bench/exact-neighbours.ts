// The exact answers that a recall is measured against, by the engine's own scan of a tail (which its tests compare with plain
// arithmetic): 1,000 queries of 100,000 vectors take some 20 s on one core, and no compiler.

import { ExactTail } from '../src/vector/exact-tail.ts';
import { VectorSlab } from '../src/vector/vector-slab.ts';

export interface ExactRequest {
  /** Packed, shape [n × dimensions]. */
  readonly vectors: Float32Array;
  /** Likewise. */
  readonly queries: Float32Array;
  readonly dimensions: number;
  readonly k: number;
}

/** The row numbers of each query's `k` nearest vectors by inner product, nearest first. */
export function exactNeighbours({ vectors, queries, dimensions, k }: ExactRequest): Set<number>[] {
  const tail = new ExactTail(new VectorSlab(dimensions));
  for (let row = 0; row < vectors.length / dimensions; row++) tail.add(row, vectors, row * dimensions);
  return Array.from({ length: queries.length / dimensions }, (_, i) => {
    const query = queries.subarray(i * dimensions, (i + 1) * dimensions);
    return new Set(tail.scan(query, k).map(({ label }) => label));
  });
}

/** Share of the exact answers that were found, 0..1; both index-aligned by query. */
export function recallOf(found: readonly (readonly number[])[], exact: readonly Set<number>[]): number {
  let hits = 0;
  let total = 0;
  for (const [i, answers] of exact.entries()) {
    total += answers.size;
    hits += new Set((found[i] ?? []).filter((id) => answers.has(id))).size;
  }
  return hits / total;
}
