// The memory of all tails of a shard, in blocks of a few rows, so that ten thousand small collections cost little and a
// large tail is scanned in long strides. Rows lie where the dot kernel can reach them.

import { assert } from '../base/assert.ts';
import { KmsError } from '../base/errors.ts';
import { createDotKernel, type Dots, type KernelMemory, pageBytes, rowBytesUnit } from './dot-kernel.ts';

/** 48 KB of 384 dimensions: what the smallest collection costs. */
export const rowsPerBlock = 32;
/** 1 GiB an arena: 680,000 rows of 384. A shard that must be rebuilt may hold more, so there may be several arenas. */
const arenaPagesMax = 16_384;
const growthPages = 64;

export interface Block {
  readonly arena: Arena;
  /** Bytes from the start of the arena's memory. */
  readonly start: number;
}

export class VectorSlab {
  readonly dimensions: number;
  readonly #arenas: Arena[] = [];
  /** Given back, to be used again before memory grows. It never shrinks: what was needed once is needed again. */
  readonly #free: Block[] = [];

  constructor(dimensions: number) {
    this.dimensions = dimensions;
  }

  take(): Block {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const block = this.#arenas.at(-1)?.extend();
    if (block != null) return block;
    const arena = new Arena(this.dimensions);
    this.#arenas.push(arena);
    const first = arena.extend();
    assert(first !== null, 'an arena has room for a block');
    return first;
  }

  give(block: Block): void {
    this.#free.push(block);
  }
}

/** One memory: the query, the results of one block, then blocks of rows. */
export class Arena {
  readonly #dimensions: number;
  readonly #rowBytes: number;
  readonly #memory: KernelMemory;
  readonly #dots: Dots;
  readonly #results: number;
  #end: number;
  #floats: Float32Array;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    // Rows are padded with zeros, which add nothing to a product.
    this.#rowBytes = Math.ceil((dimensions * 4) / rowBytesUnit) * rowBytesUnit;
    this.#results = this.#rowBytes;
    this.#end = this.#results + Math.ceil((rowsPerBlock * 4) / rowBytesUnit) * rowBytesUnit;
    const kernel = createDotKernel({ initial: growthPages, maximum: arenaPagesMax });
    this.#memory = kernel.memory;
    this.#dots = kernel.dots;
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** A new block; null when the arena is full. */
  extend(): Block | null {
    const start = this.#end;
    const needed = start + rowsPerBlock * this.#rowBytes;
    if (needed > arenaPagesMax * pageBytes) return null;
    if (needed > this.#memory.buffer.byteLength) this.#grow(needed);
    this.#end = needed;
    return { arena: this, start };
  }

  /** Writes a row of a block; `vector` is read from `offset` on. */
  write(block: Block, row: number, vectors: Float32Array, offset = 0): void {
    const vector =
      vectors.length === this.#dimensions ? vectors : vectors.subarray(offset, offset + this.#dimensions);
    this.#floats.set(vector, this.#rowStart(block, row));
  }

  /** A view of a row; good until the next `extend`. */
  read(block: Block, row: number): Float32Array {
    const start = this.#rowStart(block, row);
    return this.#floats.subarray(start, start + this.#dimensions);
  }

  setQuery(query: Float32Array): void {
    this.#floats.set(query);
  }

  /** The products of the query with a block's first `rows`; a view that is good until the next call. */
  dots(block: Block, rows: number): Float32Array {
    const results = this.#results;
    this.#dots(0, block.start, block.start + rows * this.#rowBytes, this.#rowBytes, results);
    return this.#floats.subarray(results / 4, results / 4 + rows);
  }

  #rowStart(block: Block, row: number): number {
    return (block.start + row * this.#rowBytes) / 4;
  }

  #grow(bytes: number): void {
    const have = this.#memory.buffer.byteLength / pageBytes;
    const needed = Math.ceil(bytes / pageBytes) - have;
    // By an eighth at least: growing moves no memory, but each time all views must be made again.
    const wanted = Math.min(Math.max(needed, growthPages, Math.ceil(have / 8)), arenaPagesMax - have);
    try {
      this.#memory.grow(wanted);
    } catch (cause) {
      throw new KmsError('resource_exhausted', 'no memory for more vectors in the tail', { cause });
    }
    this.#floats = new Float32Array(this.#memory.buffer);
  }
}
