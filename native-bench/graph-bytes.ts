// What a graph must hold, by hnswlib's own layout (hnswalg.h), as the floor that the engine's memory is compared with.

/**
 * Bytes of `count` vectors and their HNSW graph: each element has its vector, 2M links of the lowest level and their count,
 * its label (8), a pointer to its upper links (8) and its level (4); one of M elements has an upper level, of M links and a
 * count, and so on upwards. Four bytes a component and a link. The table from label to element is not counted.
 */
export function graphBytes(count: number, dimensions: number, m: number): number {
  const lowest = 4 * dimensions + 4 * (2 * m + 1) + 8 + 8 + 4;
  const upper = (4 * (m + 1)) / (m - 1);
  return count * (lowest + upper);
}
