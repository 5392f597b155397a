// Hits of several indexes as one list.

export interface Neighbor {
  readonly label: number;
  /** In [-1, 1]; more is nearer. */
  readonly cosine: number;
}

/** From hnswlib's answer in space `ip` on unit vectors, where distance = 1 - cosine; rounding may step over the bounds. */
export function neighborsOf(answer: {
  readonly labels: Uint32Array;
  readonly distances: Float32Array;
  readonly count: number;
}): Neighbor[] {
  const neighbors: Neighbor[] = [];
  for (let i = 0; i < answer.count; i++) {
    const cosine = Math.min(1, Math.max(-1, 1 - (answer.distances[i] as number)));
    neighbors.push({ label: answer.labels[i] as number, cosine });
  }
  return neighbors;
}

/** The best `k` of all lists, each label once, best first; ties by label, so that answers repeat. */
export function mergeTopK(lists: readonly (readonly Neighbor[])[], k: number): Neighbor[] {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only.slice(0, k);
  const filled = lists.filter((list) => list.length > 0);
  // Mostly the tail is empty, and no label stands twice in one list.
  if (filled.length <= 1) return ordered(filled[0] ?? []).slice(0, k);
  const all = filled.flat().sort(compareNeighbors);
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

/** Sorting what is in order already would take longer than all the rest. */
function ordered(list: readonly Neighbor[]): readonly Neighbor[] {
  for (let i = 1; i < list.length; i++) {
    const [before, after] = [list[i - 1] as Neighbor, list[i] as Neighbor];
    if (compareNeighbors(before, after) > 0) return [...list].sort(compareNeighbors);
  }
  return list;
}

function compareNeighbors(a: Neighbor, b: Neighbor): number {
  return b.cosine - a.cosine || a.label - b.label;
}
