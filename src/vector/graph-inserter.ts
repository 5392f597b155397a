// Insertion into graphs on a thread of its own, native and without JavaScript: the shard's thread hands points over and goes
// on searching. It may search the graphs meanwhile; what it changes in them goes between two insertions.

import { assert } from '../base/assert.ts';
import type { HnswGraph } from './hnsw-graph.ts';
import { type NativeInserter, nativeAddon } from './native-addon.ts';

export interface GraphInserterOptions {
  readonly dimensions: number;
  /** By how much the thread yields to others, 0-19, where the system gives threads a priority of their own. */
  readonly niceness: number;
  /** In the event loop, when it is time to `settle`. */
  readonly onProgress: () => void;
}

interface Insertion {
  readonly graph: HnswGraph;
  readonly label: number;
  readonly done: () => void;
}

/**
 * Points under way, 1.5 KB of memory each. Told when half of them are done, the owner has some 10 ms to bring more before the
 * thread idles; a snapshot waits for all of them.
 */
const underWayMax = 128;

export class GraphInserter {
  readonly #native: NativeInserter;
  /** In the order they were given. */
  readonly #underWay: Insertion[] = [];
  #isStopped = false;

  constructor({ dimensions, niceness, onProgress }: GraphInserterOptions) {
    const told = () => {
      if (!this.#isStopped) onProgress();
    };
    this.#native = nativeAddon().startInserter(dimensions, underWayMax, niceness, told);
  }

  get underWay(): number {
    return this.#underWay.length;
  }

  get hasRoom(): boolean {
    return this.#underWay.length < underWayMax;
  }

  /**
   * Only while there is room. `done` is called by `settle`, when the graph has the point. Where memory runs out, throws
   * for growing the graph; a failure of the insertion itself is thrown by `settle`, and nothing is inserted after it.
   */
  add(graph: HnswGraph, label: number, vector: Float32Array, done: () => void): void {
    const addon = nativeAddon();
    graph.insertionStarted(label, vector, this.#native);
    const isTaken = addon.insertLater(this.#native, graph.native, vector, 0, label);
    assert(isTaken, 'no more is inserted than there is room for');
    this.#underWay.push({ graph, label, done });
  }

  /** Tells who gave them of the points that are in their graphs by now. */
  settle(): void {
    if (this.#underWay.length === 0) return;
    const count = nativeAddon().settleInsertions(this.#native);
    for (const { graph, label, done } of this.#underWay.splice(0, count)) {
      graph.insertionDone(label);
      done();
    }
  }

  /** Waits for the one insertion that runs; the others come to nothing, and nobody is told. */
  stop(): void {
    this.#isStopped = true;
    nativeAddon().stopInserter(this.#native);
  }
}
