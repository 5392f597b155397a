// Hits of several indexes as one list.

export interface Neighbor {
  readonly label: number;
  /** In [-1, 1]; more is nearer. */
  readonly cosine: number;
}

/** From hnswlib's answer in space `ip` on unit vectors, where distance = 1 - cosine; rounding may step over the bounds. */
export function neighborsOf(result: {
  readonly neighbors: readonly number[];
  readonly distances: readonly number[];
}): Neighbor[] {
  return result.neighbors.map((label, i) => ({
    label,
    cosine: Math.min(1, Math.max(-1, 1 - (result.distances[i] as number))),
  }));
}

/** The best `k` of all lists, each label once, best first; ties by label, so that answers repeat. */
export function mergeTopK(lists: readonly (readonly Neighbor[])[], k: number): Neighbor[] {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only.slice(0, k);
  const all = lists.flat().sort((a, b) => b.cosine - a.cosine || a.label - b.label);
  const seen = new Set<number>();
  const merged: Neighbor[] = [];
  for (const neighbor of all) {
    if (merged.length === k) break;
    if (seen.has(neighbor.label)) continue;
    seen.add(neighbor.label);
    merged.push(neighbor);
  }
  return merged;
}
