// What every peer is given: the same vectors and queries, in a file that each client process reads, and the exact answers.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusteredVectors } from '../bench-data.ts';
import { exactNeighbours } from '../exact-neighbours.ts';

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

  /** Ids of the `limit` nearest stored vectors of the first `count` queries. */
  exactAnswers(count: number, limit: number): Set<number>[] {
    const { dimensions, stored, extra } = this.shape;
    const queries = this.rows(stored + extra, count);
    return exactNeighbours({ vectors: this.rows(0, stored), queries, dimensions, k: limit });
  }
}

const pathIn = (folder: string) => join(folder, 'vectors.f32');
