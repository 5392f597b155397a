// How much memory a graph takes, by counting: the native index does not tell, and its memory is none of V8's.

/** Of GraphParameters, what decides how much a point takes. */
interface Shape {
  readonly dimensions: number;
  readonly m: number;
}

const linkBytes = 4;
const labelBytes = 8;
/** For each point: a pointer to its upper links (8) and its level (4). */
const placeBytes = 12;
/** For each point: its mark of visits (2) and its entry in the table of labels (some 16). */
const tableBytes = 18;

/**
 * Bytes of `points` points, tombstones included, as hnswlib 0.8 and the parts of src/vector/native lay them out. Room that
 * is not used yet costs nothing: its pages were never touched.
 */
export function graphBytes(shape: Shape, points: number): number {
  return Math.round(linkedBytes(shape, points) + points * tableBytes);
}

/**
 * What any hnswlib takes for them, and so the floor of the benches: the values, 2 m links and their number in the lowest
 * layer, the label, and m links for each further layer, of which a point has 1/(m - 1) on average (Malkov & Yashunin 2016:
 * levels are drawn with mL = 1/ln(m)).
 */
export function linkedBytes({ dimensions, m }: Shape, points: number): number {
  const lowest = dimensions * 4 + (2 * m + 1) * linkBytes + labelBytes + placeBytes;
  const upper = ((m + 1) * linkBytes) / (m - 1);
  return points * (lowest + upper);
}
