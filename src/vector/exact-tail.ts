// The newest vectors, scanned exactly. A vector is searchable here tens of microseconds after it came, long before the
// graph has it.
//
// hnswlib's BruteforceSearch cannot be resized, and its removal leaves a stale entry behind, so a tail is a row of
// segments that only grow: a vector that has left (moved to the graph, or dead) keeps its place until its whole segment
// is dropped. One that moved is still a right answer (the merge drops the double); a dead one is passed over, and each
// segment is asked for as many more as it holds dead ones. Labels enter once and leave in about the order they came, so
// segments empty from the front; where they do not, `compactOne` carries the survivors over one by one.

import hnswlib from 'hnswlib-node';
import { assert } from '../base/assert.ts';
import { checkVector } from './checked-vector.ts';
import { mergeTopK, type Neighbor, neighborsOf } from './top-k.ts';

/** Segments double from the first size to the last: a small collection costs 100 KB, a large tail few scans. */
const capacityMin = 64;
const capacityMax = 2_048;

class Segment {
  readonly index: hnswlib.BruteforceSearch;
  readonly labels: number[] = [];
  readonly dead = new Set<number>();
  readonly moved = new Set<number>();
  readonly capacity: number;

  constructor(dimensions: number, capacity: number) {
    this.capacity = capacity;
    this.index = new hnswlib.BruteforceSearch('ip', dimensions);
    this.index.initIndex(capacity);
  }

  get residents(): number {
    return this.labels.length - this.dead.size - this.moved.size;
  }

  get isFull(): boolean {
    return this.labels.length === this.capacity;
  }
}

export class ExactTail {
  readonly #dimensions: number;
  #segments: Segment[] = [];
  readonly #home = new Map<number, Segment>();
  #residents = 0;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
  }

  /** Vectors that are here and nowhere else. */
  get count(): number {
    return this.#residents;
  }

  /** Whether the vector is here and nowhere else. */
  has(label: number): boolean {
    const home = this.#home.get(label);
    return home !== undefined && !home.dead.has(label) && !home.moved.has(label);
  }

  add(label: number, vector: readonly number[]): void {
    assert(!this.#home.has(label), 'a label enters the tail once');
    checkVector(vector, this.#dimensions);
    this.#append(label, vector);
    this.#residents++;
  }

  /** The vector is in the graph now. */
  markMoved(label: number): void {
    if (!this.has(label)) return;
    const home = this.#home.get(label) as Segment;
    home.moved.add(label);
    this.#residents--;
    this.#dropIfEmpty(home);
  }

  /** Hides the vector from every scan. Returns whether it was here and nowhere else. */
  markDead(label: number): boolean {
    const home = this.#home.get(label);
    if (home === undefined || home.dead.has(label)) return false;
    const wasResident = !home.moved.delete(label);
    home.dead.add(label);
    if (wasResident) this.#residents--;
    this.#dropIfEmpty(home);
    return wasResident;
  }

  /** The nearest `k`, exactly, best first; fewer only when there are fewer. */
  scan(query: readonly number[], k: number): Neighbor[] {
    if (this.#segments.length === 0) return [];
    checkVector(query, this.#dimensions);
    const lists = this.#segments.map((segment) => {
      const asked = Math.min(segment.labels.length, k + segment.dead.size);
      const neighbors = neighborsOf(segment.index.searchKnn(query as number[], asked));
      return segment.dead.size === 0 ? neighbors : neighbors.filter(({ label }) => !segment.dead.has(label));
    });
    return mergeTopK(lists, k);
  }

  /** A full segment of which less than half is still needed: its survivors are worth carrying over. */
  get needsCompaction(): boolean {
    return this.#sparse() !== undefined;
  }

  /** Carries one vector from a sparse segment to the newest; `read` gives it, or null when it is gone. */
  compactOne(read: (label: number) => readonly number[] | null): void {
    const sparse = this.#sparse();
    const label = sparse?.labels.find(
      (candidate) => !sparse.dead.has(candidate) && !sparse.moved.has(candidate),
    );
    if (sparse === undefined || label === undefined) return;
    const vector = read(label);
    if (vector === null) {
      this.markDead(label);
      return;
    }
    checkVector(vector, this.#dimensions);
    sparse.dead.add(label);
    this.#append(label, vector);
    this.#dropIfEmpty(sparse);
  }

  #sparse(): Segment | undefined {
    return this.#segments.find((segment) => segment.isFull && segment.dead.size * 2 > segment.capacity);
  }

  #append(label: number, vector: readonly number[]): void {
    let open = this.#segments.at(-1);
    if (open === undefined || open.isFull) {
      const capacity = open === undefined ? capacityMin : Math.min(capacityMax, open.capacity * 2);
      open = new Segment(this.#dimensions, capacity);
      this.#segments.push(open);
    }
    open.index.addPoint(vector as number[], label);
    open.labels.push(label);
    this.#home.set(label, open);
  }

  #dropIfEmpty(segment: Segment): void {
    if (segment.residents > 0) return;
    this.#segments = this.#segments.filter((other) => other !== segment);
    for (const label of segment.labels) if (this.#home.get(label) === segment) this.#home.delete(label);
  }
}
