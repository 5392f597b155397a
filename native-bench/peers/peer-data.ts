// What every peer is given: the same vectors and queries, in a file that each client process reads, and the exact answers.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusteredVectors } from '../bench-data.ts';

export interface DataShape {
  readonly dimensions: number;
  /** Documents that are loaded and then searched. */
  readonly stored: number;
  /** Further documents, for the load while searches go on. */
  readonly extra: number;
  readonly queries: number;
}

export class PeerData {
  readonly shape: DataShape;
  readonly #packed: Float32Array;

  private constructor(shape: DataShape, packed: Float32Array) {
    this.shape = shape;
    this.#packed = packed;
  }

  /** Queries are vectors of the same clusters that are not stored. */
  static write(folder: string, shape: DataShape): PeerData {
    const packed = clusteredVectors(shape.stored + shape.extra + shape.queries, shape.dimensions, 31);
    writeFileSync(pathIn(folder), packed);
    return new PeerData(shape, packed);
  }

  static read(folder: string, shape: DataShape): PeerData {
    const bytes = readFileSync(pathIn(folder));
    return new PeerData(shape, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
  }

  /** A view of `count` rows, shape [count × dimensions]. */
  rows(start: number, count: number): Float32Array {
    const { dimensions } = this.shape;
    return this.#packed.subarray(start * dimensions, (start + count) * dimensions);
  }

  query(i: number): Float32Array {
    const { stored, extra, queries } = this.shape;
    return this.rows(stored + extra + (i % queries), 1);
  }

  /** Ids of the `limit` nearest stored vectors of the first `count` queries, by inner products with all of them. */
  exactAnswers(count: number, limit: number): Set<number>[] {
    const stored = this.rows(0, this.shape.stored);
    return Array.from({ length: count }, (_, i) => nearest(stored, this.query(i), limit));
  }
}

const pathIn = (folder: string) => join(folder, 'vectors.f32');

function nearest(stored: Float32Array, query: Float32Array, limit: number): Set<number> {
  const best: { id: number; score: number }[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  const dimensions = query.length;
  for (let id = 0; id * dimensions < stored.length; id++) {
    const score = innerProduct(stored, id * dimensions, query);
    if (score <= worst) continue;
    best.push({ id, score });
    best.sort((a, b) => b.score - a.score);
    if (best.length > limit) best.pop();
    if (best.length === limit) worst = best.at(-1)?.score ?? worst;
  }
  return new Set(best.map(({ id }) => id));
}

/** Four sums, so that additions do not wait for one another. `query.length` is a multiple of four. */
function innerProduct(stored: Float32Array, start: number, query: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < query.length; i += 4) {
    a += (stored[start + i] as number) * (query[i] as number);
    b += (stored[start + i + 1] as number) * (query[i + 1] as number);
    c += (stored[start + i + 2] as number) * (query[i + 2] as number);
    d += (stored[start + i + 3] as number) * (query[i + 3] as number);
  }
  return a + b + (c + d);
}

/** Share of the exact answers that were found, 0..1. */
export function recallOf(found: readonly (readonly number[])[], exact: readonly Set<number>[]): number {
  let hits = 0;
  let total = 0;
  for (const [i, answers] of exact.entries()) {
    total += answers.size;
    hits += new Set((found[i] ?? []).filter((id) => answers.has(id))).size;
  }
  return hits / total;
}
