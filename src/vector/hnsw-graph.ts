// hnswlib's HierarchicalNSW behind a small class that keeps its traps shut: it checks every vector, grows before it is
// full, and knows its labels (adding one twice would move a point and rot the graph). One thread writes to a graph at a
// time: its own, by `add`, or that of a GraphInserter. Malkov & Yashunin 2016. Space `ip` on unit vectors: distance = 1 - cosine.

import { assert } from '../base/assert.ts';
import { checkVector } from './checked-vector.ts';
import { graphBytes } from './graph-bytes.ts';
import { LabelSet } from './label-set.ts';
import type { LabelTest } from './label-test.ts';
import { type NativeIndex, type NativeInserter, nativeAddon } from './native-addon.ts';
import { type Neighbor, neighborsOf } from './top-k.ts';

export interface GraphParameters {
  readonly dimensions: number;
  /** Links a point has in each layer; twice as many in the lowest. */
  readonly m: number;
  /** Width of the search that finds a new point's links. */
  readonly efConstruction: number;
}

const capacityMin = 1_024;
const answerMin = 128;
/** A resize moves pages and makes what hnswlib keeps a point anew: 1 ms at 90,000 points. */
const capacityGrowth = 1.5;

export class HnswGraph {
  readonly parameters: GraphParameters;
  readonly #index: NativeIndex;
  readonly #members = new LabelSet();
  #capacity = 0;
  #tombstones = 0;
  /**
   * Points that are being inserted by another thread: searches may meet them, and nothing else knows of them yet. True: it was
   * deleted meanwhile, and is marked when it has arrived.
   */
  readonly #underWay = new Map<number, boolean>();
  #isWriting = false;
  /** What the last search found. Grows to the largest `k` that was asked for: 4,096 neighbours or what `limit` allows. */
  #labels = new Uint32Array(answerMin);
  #distances = new Float32Array(answerMin);

  /** Empty; `isLoaded`: to be filled by `load`, and not usable before. */
  constructor(parameters: GraphParameters, isLoaded = false) {
    this.parameters = parameters;
    this.#index = new (nativeAddon().HierarchicalNSW)('ip', parameters.dimensions);
    if (isLoaded) return;
    this.#index.initIndex({
      maxElements: capacityMin,
      m: parameters.m,
      efConstruction: parameters.efConstruction,
    });
    this.#capacity = capacityMin;
  }

  /**
   * Reads a file that `writeTo` made with these parameters; the caller has verified that. `tombstones` are the points
   * that were marked in it: the native index knows which, but does not tell.
   */
  static async load(path: string, parameters: GraphParameters, tombstones: number): Promise<HnswGraph> {
    // Not initialised: a file that cannot be read would leave it with a graph that is freed already, and the garbage
    // collector would free it once more.
    const graph = new HnswGraph(parameters, true);
    await graph.#index.readIndex(path);
    for (const label of nativeAddon().labels(graph.#index)) graph.#members.add(label);
    graph.#capacity = graph.#index.getMaxElements();
    graph.#tombstones = tombstones;
    return graph;
  }

  get native(): NativeIndex {
    return this.#index;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Points, tombstones included, without those under way. */
  get count(): number {
    return this.#members.count;
  }

  get tombstones(): number {
    return this.#tombstones;
  }

  get live(): number {
    return this.#members.count - this.#tombstones;
  }

  /** Memory, about. */
  get bytes(): number {
    return graphBytes(this.parameters, this.count);
  }

  /** Whether the point is in the graph, as a tombstone or alive. */
  has(label: number): boolean {
    return this.#members.has(label);
  }

  /** The smallest label in the graph that is `label` or more. */
  labelFrom(label: number): number | null {
    return this.#members.from(label);
  }

  /** Adds a point; a quarter of a millisecond. Never while the graph is being written to a file, or inserted into. */
  add(label: number, vector: Float32Array): void {
    assert(this.#underWay.size === 0, 'a graph has one writer');
    this.#check(label, vector);
    this.#grow((capacity) => this.#index.resizeIndex(capacity));
    nativeAddon().addFloats(this.#index, vector, 0, label);
    this.#members.add(label);
  }

  /** For GraphInserter, always the same one. Follows `add`'s rules; a label may be given once. */
  insertionStarted(label: number, vector: Float32Array, inserter: NativeInserter): void {
    this.#check(label, vector);
    this.#grow((capacity) => nativeAddon().resizeBetween(inserter, this.#index, capacity));
    this.#underWay.set(label, false);
  }

  insertionDone(label: number): void {
    const isDeleted = this.#underWay.get(label) === true;
    this.#underWay.delete(label);
    this.#members.add(label);
    if (isDeleted) this.markDeleted(label);
  }

  /** Hides a point from every search, one under way when it has arrived. Returns whether it was there and alive. */
  markDeleted(label: number): boolean {
    assert(!this.#isWriting, 'no deletion while the graph is written');
    if (this.#underWay.get(label) === false) {
      this.#underWay.set(label, true);
      return true;
    }
    if (!this.#members.has(label)) return false;
    // Marked already only after a snapshot, whose tombstones a replay may meet again.
    if (!nativeAddon().markDeleted(this.#index, label)) return false;
    this.#tombstones++;
    return true;
  }

  /**
   * The nearest `k` live points, best first, those under way among them; fewer when there are fewer, or when `ef` was too
   * narrow to meet them. With `allows`, the nearest that it allows: the search goes on until `ef` of them are met, so the
   * fewer pass, the longer it takes, and each point that is met costs a call of some 0.3 µs. What `allows` throws is thrown
   * after the search.
   */
  search(query: Float32Array, k: number, ef: number, allows: LabelTest | null = null): Neighbor[] {
    const pointsMax = this.live + this.#underWay.size;
    // Until one insertion is known to be done, nothing says that the first point is there as a whole.
    if (pointsMax === 0 || this.#members.count === 0) return [];
    checkVector(query, this.parameters.dimensions);
    const nearest = Math.min(k, pointsMax);
    this.#makeRoom(nearest);
    const [labels, distances] = [this.#labels, this.#distances];
    const addon = nativeAddon();
    const found =
      allows === null
        ? addon.searchFloats(this.#index, query, 0, nearest, ef, labels, distances)
        : addon.searchFloats(this.#index, query, 0, nearest, ef, labels, distances, allows);
    return neighborsOf({ labels, distances, count: found });
  }

  /** Writes the graph to `path` on another thread; searches go on meanwhile, and nothing else may. Not yet synced. */
  async writeTo(path: string): Promise<void> {
    assert(!this.#isWriting, 'a graph is written once at a time');
    assert(this.#underWay.size === 0, 'no graph is written while points are on their way into it');
    this.#isWriting = true;
    try {
      await this.#index.writeIndex(path);
    } finally {
      this.#isWriting = false;
    }
  }

  /**
   * Gives the memory back at once; nothing else may be called after it. To the garbage collector a graph of a gigabyte is
   * a small object, with which it takes its time.
   */
  release(): void {
    assert(
      !this.#isWriting && this.#underWay.size === 0,
      'a graph is not released while it is written or inserted into',
    );
    const { m, efConstruction } = this.parameters;
    this.#index.initIndex({ maxElements: 1, m, efConstruction });
  }

  #check(label: number, vector: Float32Array): void {
    assert(!this.#isWriting, 'no insertion while the graph is written');
    assert(!this.#members.has(label), 'a label is added once');
    checkVector(vector, this.parameters.dimensions);
  }

  #grow(resize: (capacity: number) => void): void {
    if (this.#members.count + this.#underWay.size < this.#capacity) return;
    const capacity = Math.max(capacityMin, Math.ceil(this.#capacity * capacityGrowth));
    resize(capacity);
    this.#capacity = capacity;
  }

  #makeRoom(places: number): void {
    if (this.#labels.length >= places) return;
    this.#labels = new Uint32Array(places);
    this.#distances = new Float32Array(places);
  }
}
