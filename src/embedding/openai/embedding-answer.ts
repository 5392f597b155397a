// Checks what a service returned before anything of it is stored: one vector a text, of the right length, all of it
// numbers. A wrong row that slips through would be found years later, as a search that misses.

export interface EmbeddingRow {
  readonly index?: unknown;
  readonly embedding?: unknown;
}

export type CheckedAnswer =
  /** One row a text, of unit length; null: this row is unusable, the others are not. */
  | { readonly type: 'rows'; readonly rows: readonly (Float32Array | null)[] }
  | { readonly type: 'unusable'; readonly reason: string };

export function checkAnswer(
  data: readonly EmbeddingRow[],
  expected: { readonly texts: number; readonly dimensions: number },
): CheckedAnswer {
  // Which text a vector belongs to cannot be told any more when one is missing: numbering from 0 again would look right.
  if (data.length !== expected.texts) {
    return unusable(`the embedding service returned ${data.length} vectors for ${expected.texts} texts`);
  }
  const rows = new Array<Float32Array | null>(expected.texts).fill(null);
  const seen = new Set<number>();
  for (const [place, { index = place, embedding }] of data.entries()) {
    if (typeof index !== 'number' || !(index in rows) || seen.has(index)) {
      return unusable('the embedding service returned vectors with wrong indexes');
    }
    seen.add(index);
    const vector = toVector(embedding);
    if (vector === null) return unusable('the embedding service returned something that is not a vector');
    if (vector.length !== expected.dimensions) {
      const { dimensions } = expected;
      return unusable(
        `the embedding service returned vectors of ${vector.length} numbers instead of ${dimensions}: KMS_EMBED_DIMENSIONS must be what the model gives`,
      );
    }
    rows[index] = toUnitLength(vector);
  }
  return { type: 'rows', rows };
}

function unusable(reason: string): CheckedAnswer {
  return { type: 'unusable', reason };
}

/** Little-endian float32 in base64 as was asked for, or plain numbers from services that ignore the wish. */
function toVector(embedding: unknown): Float32Array | null {
  if (Array.isArray(embedding)) {
    // null is what JSON makes of NaN; Number(null) would be a zero.
    return Float32Array.from(embedding, (value) => (typeof value === 'number' ? value : Number.NaN));
  }
  if (typeof embedding !== 'string') return null;
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % 4 !== 0) return null;
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

/** Null when there is no direction to keep: a value that is not finite, or nothing but zeros. */
function toUnitLength(vector: Float32Array): Float32Array | null {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares) || squares === 0) return null;
  const norm = Math.sqrt(squares);
  return vector.map((value) => value / norm);
}
