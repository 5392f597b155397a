// How much memory a graph takes, by counting: the native index does not tell, and its memory is none of V8's.

const linkBytes = 4;
const labelBytes = 8;
/**
 * For each point: a pointer to its upper links (8), its level (4), its mark of visits (2), its entry in the table of labels
 * (some 16).
 */
const pointOverheadBytes = 30;

/**
 * Bytes of `points` points, tombstones included, as hnswlib 0.8 and the parts of src/vector/native lay them out: the
 * values, 2 m links and their number in the lowest layer, and m links for each further layer, of which a point has
 * 1/(m - 1) on average (Malkov & Yashunin 2016: levels are drawn with mL = 1/ln(m)). Room that is not used yet costs
 * nothing: its pages were never touched.
 */
export function graphBytes(
  { dimensions, m }: { readonly dimensions: number; readonly m: number },
  points: number,
): number {
  const lowest = dimensions * 4 + (2 * m + 1) * linkBytes + labelBytes;
  const upper = ((m + 1) * linkBytes) / (m - 1);
  return Math.round(points * (lowest + upper + pointOverheadBytes));
}
