// Vectors of a bench in a file: made before anything is timed, read while it loads, and never all in memory, which for a
// million of them is 1.5 GB.

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { clusteredRows } from './bench-data.ts';

const rowsPerRead = 512;

export class VectorFile {
  readonly #file: number;
  readonly #rowBytes: number;

  /** Writes `count` rows of `clusteredVectors` into `folder`. */
  constructor(folder: string, count: number, dimensions: number, seed: number) {
    this.#rowBytes = dimensions * 4;
    this.#file = openSync(join(folder, `vectors-${count}-${seed}`), 'w+');
    const block = Buffer.alloc(rowsPerRead * this.#rowBytes);
    let filled = 0;
    for (const row of clusteredRows(count, dimensions, seed)) {
      block.set(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), filled);
      filled += this.#rowBytes;
      if (filled === block.length) filled -= writeSync(this.#file, block);
    }
    writeSync(this.#file, block, 0, filled);
  }

  /** Rows [start, end) as the wire's bytes. */
  *rows(start: number, end: number): Generator<Buffer> {
    for (let row = start; row < end; row += rowsPerRead) {
      const block = Buffer.alloc(Math.min(rowsPerRead, end - row) * this.#rowBytes);
      const bytes = readSync(this.#file, block, 0, block.length, row * this.#rowBytes);
      if (bytes < block.length) throw new Error(`the file of vectors ends before row ${end}`);
      for (let at = 0; at < block.length; at += this.#rowBytes) yield block.subarray(at, at + this.#rowBytes);
    }
  }

  /** Rows [start, end) as small documents that bring their vector. */
  *documents(start: number, end: number): Generator<Document> {
    let i = start;
    for (const embedding of this.rows(start, end)) {
      yield { id: `v-${i}`, body: `case ${i}`, embedding };
      i += 1;
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
