// A second graph built beside one that carries too many tombstones, one insertion at a time, while the old one serves.
// Deletions reach both; vectors that enter the old graph behind the rebuild's back are told to it.

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

  /** A vector was added to the source. */
  sourceAdded(label: number): void {
    if (label < this.#cursor) this.#late.push(label);
  }

  markDeleted(label: number): void {
    this.target.markDeleted(label);
  }

  /** At most one insertion. `read` gives a live label's vector, or null. Returns false when the target is complete. */
  step(read: (label: number) => Float32Array | null): boolean {
    const label = this.#next();
    if (label === null) return false;
    const vector = read(label);
    if (vector !== null) this.target.add(label, vector);
    return true;
  }

  #next(): number | null {
    const label = this.#source.labelFrom(this.#cursor);
    if (label === null) return this.#late.shift() ?? null;
    this.#cursor = label + 1;
    return label;
  }
}
