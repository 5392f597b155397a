// The memory of all tails of a shard, in blocks of a few rows, so that ten thousand small collections cost little and a
// large tail is scanned in long strides. Rows lie where the dot kernel can reach them.
//
// After a start a tail may hold half a collection, and an hour later nothing. WebAssembly memory never shrinks, so the
// pages of free blocks go back to the system by themselves, and come again as zeros when the block is next written.

import { assert } from '../base/assert.ts';
import { KmsError } from '../base/errors.ts';
import { createDotKernel, type Dots, type KernelMemory, pageBytes, rowBytesUnit } from './dot-kernel.ts';
import { nativeAddon } from './native-addon.ts';

/** 48 KB of 384 dimensions: what the smallest collection costs. */
export const rowsPerBlock = 32;
/** 1 GiB an arena: 680,000 rows of 384. A shard that must be rebuilt may hold more, so there may be several arenas. */
const arenaPagesMax = 16_384;
const growthPages = 64;
/** Blocks begin where pages of the system do, on processors with pages of 4 KB, so that what they give back is all of them. */
const systemPageBytes = 4_096;
/**
 * What free blocks keep, for a tail that breathes: 21 blocks of 384 dimensions, and half of them go together. Giving back
 * a row and having its pages made again costs 0.4 µs where its insertion into the graph costs 130, so it need not be much.
 */
const spareBytesMaxDefault = 2 ** 20;

export interface Block {
  readonly arena: Arena;
  /** Bytes from the start of the arena's memory. */
  readonly start: number;
}

export class VectorSlab {
  readonly dimensions: number;
  readonly #arenas: Arena[] = [];
  /** Free blocks with their memory, the one given last at the end; never more than `#spareMax`. */
  readonly #spare: Block[] = [];
  readonly #spareMax: number;
  /** Free blocks whose memory is the system's. As many as were ever in use. */
  readonly #returned: Block[] = [];

  /** `spareBytesMax`: about so much memory is kept for the next blocks. */
  constructor(dimensions: number, spareBytesMax = spareBytesMaxDefault) {
    this.dimensions = dimensions;
    this.#spareMax = Math.floor(spareBytesMax / (rowsPerBlock * rowBytesOf(dimensions)));
  }

  /** Its rows are to be written before they are read. */
  take(): Block {
    const free = this.#spare.pop() ?? this.#returned.pop();
    if (free !== undefined) return free;
    const block = this.#arenas.at(-1)?.extend();
    if (block != null) return block;
    const arena = new Arena(this.dimensions);
    this.#arenas.push(arena);
    const first = arena.extend();
    assert(first !== null, 'an arena has room for a block');
    return first;
  }

  /** Its rows must not be read again. */
  give(block: Block): void {
    this.#spare.push(block);
    if (this.#spare.length > this.#spareMax) this.#giveBack(Math.ceil(this.#spare.length / 2));
  }

  /** Blocks of one tail mostly lie side by side: those go in one call, which costs less than one for each. */
  #giveBack(count: number): void {
    const blocks = this.#spare.splice(0, count);
    const inOrder = [...blocks].sort((a, b) => a.start - b.start);
    for (const arena of new Set(blocks.map((block) => block.arena))) {
      arena.giveBack(inOrder.filter((block) => block.arena === arena));
    }
    this.#returned.push(...blocks);
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
  #products: Float32Array;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#rowBytes = rowBytesOf(dimensions);
    this.#results = this.#rowBytes;
    this.#end = roundUp(this.#results + rowsPerBlock * 4, systemPageBytes);
    const kernel = createDotKernel({ initial: growthPages, maximum: arenaPagesMax });
    this.#memory = kernel.memory;
    this.#dots = kernel.dots;
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#products = this.#productsView();
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

  /** The memory of these blocks, which follow each other in order, goes back to the system; what they held is lost. */
  giveBack(blocks: readonly Block[]): void {
    const blockBytes = rowsPerBlock * this.#rowBytes;
    let start = -1;
    let end = -1;
    const giveRun = () => {
      if (start >= 0) nativeAddon().giveBack(this.#memory.buffer, start, end);
    };
    for (const block of blocks) {
      if (block.start !== end) {
        giveRun();
        start = block.start;
      }
      end = block.start + blockBytes;
    }
    giveRun();
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

  /** The products of the query with a block's first `rows`, in a view of a block's length that is good until the next call. */
  dots(block: Block, rows: number): Float32Array {
    this.#dots(0, block.start, block.start + rows * this.#rowBytes, this.#rowBytes, this.#results);
    return this.#products;
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
    this.#products = this.#productsView();
  }

  #productsView(): Float32Array {
    return this.#floats.subarray(this.#results / 4, this.#results / 4 + rowsPerBlock);
  }
}

/** Rows are padded with zeros, which add nothing to a product. */
function rowBytesOf(dimensions: number): number {
  return roundUp(dimensions * 4, rowBytesUnit);
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}
