// A second graph built beside one that carries too many tombstones, one insertion at a time, while the old one serves.
// Deletions reach both; vectors that enter the old graph behind the rebuild's back are told to it.

import type { GraphInserter } from '../../vector/graph-inserter.ts';
import { type GraphParameters, HnswGraph } from '../../vector/hnsw-graph.ts';

export class GraphRebuild {
  readonly target: HnswGraph;
  readonly #source: HnswGraph;
  /** Labels below it have been looked at. */
  #cursor = 0;
  /** Labels that entered the source below the cursor. */
  readonly #late: number[] = [];

  constructor(source: HnswGraph, parameters: GraphParameters) {
    this.#source = source;
    this.target = new HnswGraph(parameters);
  }

  /** Whether `step` has something to do. */
  get hasNext(): boolean {
    return this.#late.length > 0 || this.#source.labelFrom(this.#cursor) !== null;
  }

  /** Whether the target has all that the source has by now. */
  get isComplete(): boolean {
    return !this.hasNext && this.underWay === 0;
  }

  /** On their way into the target. */
  get underWay(): number {
    return this.target.underWay;
  }

  /** A vector was added to the source. */
  sourceAdded(label: number): void {
    if (label < this.#cursor) this.#late.push(label);
  }

  markDeleted(label: number): void {
    this.target.markDeleted(label);
  }

  /**
   * At most one insertion, for which the inserter has room; `onDone` is called when it is done. `read` gives a live label's
   * vector, or null.
   */
  step(inserter: GraphInserter, read: (label: number) => Float32Array | null, onDone: () => void): void {
    const label = this.#next();
    const vector = label === null ? null : read(label);
    if (label !== null && vector !== null) inserter.add(this.target, label, vector, onDone);
  }

  #next(): number | null {
    const label = this.#source.labelFrom(this.#cursor);
    if (label === null) return this.#late.shift() ?? null;
    this.#cursor = label + 1;
    return label;
  }
}
