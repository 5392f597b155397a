// The newest vectors of a collection, scanned exactly. A vector is searchable here a microsecond after it came, long
// before the graph has it. Rows stay dense: the last one takes the place of one that leaves.

import { assert } from '../base/assert.ts';
import { BestOf } from './best-of.ts';
import { checkVector } from './checked-vector.ts';
import type { LabelTest } from './label-test.ts';
import type { Neighbor } from './top-k.ts';
import { type Arena, type Block, rowsPerBlock, type VectorSlab } from './vector-slab.ts';

export class ExactTail {
  readonly #slab: VectorSlab;
  readonly #blocks: Block[] = [];
  /** By position. */
  readonly #labels: number[] = [];
  readonly #positions = new Map<number, number>();

  constructor(slab: VectorSlab) {
    this.#slab = slab;
  }

  get count(): number {
    return this.#labels.length;
  }

  has(label: number): boolean {
    return this.#positions.has(label);
  }

  /** `vectors` is read from `offset` on, as many values as there are dimensions, all finite. */
  add(label: number, vectors: Float32Array, offset = 0): void {
    assert(!this.#positions.has(label), 'a label enters the tail once');
    assert(offset + this.#slab.dimensions <= vectors.length, 'a vector has all its values');
    const position = this.#labels.length;
    if (position === this.#blocks.length * rowsPerBlock) this.#blocks.push(this.#slab.take());
    const block = this.#blockOf(position);
    block.arena.write(block, position % rowsPerBlock, vectors, offset);
    this.#labels.push(label);
    this.#positions.set(label, position);
  }

  /** Returns whether it was there. */
  remove(label: number): boolean {
    const position = this.#positions.get(label);
    if (position === undefined) return false;
    const lastPosition = this.#labels.length - 1;
    const lastLabel = this.#labels.pop() as number;
    this.#positions.delete(label);
    if (lastPosition !== position) {
      const block = this.#blockOf(position);
      block.arena.write(block, position % rowsPerBlock, this.#rowAt(lastPosition));
      this.#labels[position] = lastLabel;
      this.#positions.set(lastLabel, position);
    }
    if (lastPosition % rowsPerBlock === 0) this.#slab.give(this.#blocks.pop() as Block);
    return true;
  }

  /** Everything goes; its memory is for other tails of the slab. */
  clear(): void {
    for (const block of this.#blocks.splice(0)) this.#slab.give(block);
    this.#labels.length = 0;
    this.#positions.clear();
  }

  /** The vector of a label that is here; good until the next `add`, in any tail of the slab. */
  read(label: number): Float32Array | null {
    const position = this.#positions.get(label);
    return position === undefined ? null : this.#rowAt(position);
  }

  /** The nearest `k` of those that `allows` lets through, exactly, best first; fewer only when there are fewer. */
  scan(query: Float32Array, k: number, allows: LabelTest | null = null): Neighbor[] {
    checkVector(query, this.#slab.dimensions);
    const best = new BestOf(k, allows);
    let arena: Arena | null = null;
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i] as Block;
      if (block.arena !== arena) {
        arena = block.arena;
        arena.setQuery(query);
      }
      const first = i * rowsPerBlock;
      const rows = Math.min(rowsPerBlock, this.#labels.length - first);
      const products = arena.dots(block, rows);
      for (let row = 0; row < rows; row++) {
        best.offer(this.#labels[first + row] as number, products[row] as number);
      }
    }
    return best.take();
  }

  #blockOf(position: number): Block {
    return this.#blocks[Math.floor(position / rowsPerBlock)] as Block;
  }

  #rowAt(position: number): Float32Array {
    const block = this.#blockOf(position);
    return block.arena.read(block, position % rowsPerBlock);
  }
}
