// The vectors of one collection in one shard: a graph for the many, an exact tail for the newest, and what moves
// between them. Derived from the store and rebuilt from it at will; nothing here is the truth.
//
// A label lives through: tail (inside its transaction) → queue (its commit is on disk) → under way (the inserter's thread
// adds it; the tail keeps it until it is told) → graph → tombstone. A small collection stays in the tail: scanning it exactly
// is faster than any graph.

import { assert } from '../../base/assert.ts';
import { ExactTail } from '../../vector/exact-tail.ts';
import type { GraphInserter } from '../../vector/graph-inserter.ts';
import { type GraphParameters, HnswGraph } from '../../vector/hnsw-graph.ts';
import type { LabelTest } from '../../vector/label-test.ts';
import { mergeTopK, type Neighbor } from '../../vector/top-k.ts';
import type { VectorSlab } from '../../vector/vector-slab.ts';
import { GraphRebuild } from './graph-rebuild.ts';
import { MoveQueue } from './move-queue.ts';

export interface CollectionIndexOptions {
  readonly name: string;
  /** The shard's own number of the collection. */
  readonly number: number;
  readonly parameters: GraphParameters;
  /** Where the tail's vectors are. */
  readonly slab: VectorSlab;
  /** Up to so many live vectors stay in the tail. */
  readonly exactMax: number;
  /** The graph is rebuilt above this share of tombstones, and from this many on. */
  readonly rebuild: { readonly ratio: number; readonly tombstonesMin: number };
  /** A live label's vector from the store, or null; good until the next call. */
  readonly read: (label: number) => Float32Array | null;
  readonly inserter: GraphInserter;
  /** An insertion of this collection is done: there may be more to do, or to be let in. */
  readonly onInserted: (index: CollectionIndex) => void;
}

/** A queue of a collection that does not move is tidied when it is so much longer than what lives. */
const queueSlack = 1_024;

export class CollectionIndex {
  readonly name: string;
  /** As in the store; may change until the first commit of the collection is on disk. */
  number: number;
  readonly #options: CollectionIndexOptions;
  readonly #tail: ExactTail;
  #graph: HnswGraph | null;
  #rebuild: GraphRebuild | null = null;
  /** New vectors, and those found at start. In turn, so that neither a long rebuild stops ingest nor ingest it. */
  readonly #fresh = new MoveQueue();
  readonly #inherited = new MoveQueue();
  #isInheritedNext = false;
  /** Labels on their way from the tail into the graph, with their changes. At most what the inserter has under way. */
  readonly #underWay = new Map<number, number>();
  /** Nothing more goes under way: somebody waits until nothing is. */
  #isHeld = false;
  readonly #stillWaiters: (() => void)[] = [];
  /** Deleted while the graph was being written; marked afterwards. Until then the store hides them. */
  readonly #deletedMeanwhile: number[] = [];
  /** Never without being held. */
  #isLocked = false;
  /** Released: neither graph nor tail holds what the store does, until `adopt` and `warmed`. */
  #isCold = false;
  /** Vectors that came into the graph or left it since the last snapshot. */
  changes = 0;

  constructor(options: CollectionIndexOptions, graph: HnswGraph | null = null) {
    this.name = options.name;
    this.number = options.number;
    this.#options = options;
    this.#graph = graph;
    this.#tail = new ExactTail(options.slab);
  }

  get graph(): HnswGraph | null {
    return this.#graph;
  }

  get live(): number {
    return (this.#graph?.live ?? 0) - this.#deletedMeanwhile.length + this.#tail.count;
  }

  get tailCount(): number {
    return this.#tail.count;
  }

  get tombstones(): number {
    return (this.#graph?.tombstones ?? 0) + this.#deletedMeanwhile.length;
  }

  /** Everything a search may meet, hidden ones included: asking for as many neighbours finds all. */
  get size(): number {
    return (this.#graph?.count ?? 0) + this.#underWay.size + this.#tail.count;
  }

  get isExact(): boolean {
    return this.#graph === null;
  }

  /** New vectors that wait for the graph: what back-pressure counts. */
  get pending(): number {
    return this.#isMoving || this.needsWarmth ? this.#fresh.length + this.#underWay.size : 0;
  }

  get isCold(): boolean {
    return this.#isCold;
  }

  /** Cold, and more has come since than a tail should hold. */
  get needsWarmth(): boolean {
    return this.#isCold && this.#tail.count > this.#options.exactMax;
  }

  /** Memory of graph and tail, about. */
  get bytes(): number {
    const graphs = (this.#graph?.bytes ?? 0) + (this.#rebuild?.target.bytes ?? 0);
    return graphs + this.#tail.count * this.#options.parameters.dimensions * 4;
  }

  /** Whether nothing is under way that a release would cut off. What has no graph is its tail. */
  get isAtRest(): boolean {
    if (this.#isCold || this.#isHeld || this.#rebuild !== null || this.hasWork) return false;
    // What is deleted on its way into the graph is in no tail any more.
    if (!this.#isStill) return false;
    return this.#graph === null ? !this.#isMoving : this.#tail.count === 0;
  }

  /** The oldest change that is not wholly in the graph; Infinity when all are. */
  get oldestWaiting(): number {
    return Math.min(this.#fresh.oldestSequence, this.#inherited.oldestSequence, ...this.#underWay.values());
  }

  /** Whether `step` would do something. What is under way only is no work: `onInserted` tells of its end. */
  get hasWork(): boolean {
    if (this.#isHeld || this.#isCold) return false;
    const rebuild = this.#rebuild;
    if (rebuild === null ? this.#needsRebuild : rebuild.hasNext || this.#isRebuilt) return true;
    return this.#canMove && this.#fresh.length + this.#inherited.length > 0;
  }

  has(label: number): boolean {
    return this.#graph?.has(label) === true || this.#tail.has(label);
  }

  /** Makes a vector searchable. Its label may belong to a transaction that is still open: the store hides it till then. */
  add(label: number, vectors: Float32Array, offset = 0): void {
    this.#tail.add(label, vectors, offset);
  }

  /** The transaction came to nothing. */
  discard(label: number): void {
    this.#tail.remove(label);
  }

  /** The vector is on disk: from now on it may move to the graph. */
  settle(label: number, sequence: number): void {
    this.#fresh.push(label, sequence);
    this.#tidyQueue();
  }

  /** A vector found in the store at start. */
  inherit(label: number, vector: Float32Array, sequence: number): void {
    this.#tail.add(label, vector);
    this.#inherited.push(label, sequence);
  }

  /** The vector's document is gone or has new ones. */
  remove(label: number): void {
    this.#tail.remove(label);
    if (!this.#isLocked) this.#markDeleted(label);
    else if (this.#graph?.has(label) === true) this.#deletedMeanwhile.push(label);
  }

  /** The nearest `k` of tail and graph, of those that `allows` lets through, best first. May hold labels that the store hides. */
  candidates(query: Float32Array, k: number, ef: number, allows: LabelTest | null = null): Neighbor[] {
    const lists = [this.#tail.scan(query, k, allows)];
    if (this.#graph !== null)
      lists.push(this.#graph.search(query, k + this.#deletedMeanwhile.length, ef, allows));
    return mergeTopK(lists, k);
  }

  /** One unit of work, at most one insertion into each graph, as far as the inserter has room. */
  step(): void {
    if (!this.hasWork) return;
    if (this.#isRebuilt) this.#finishRebuild();
    else if (this.#rebuild === null && this.#needsRebuild) this.#startRebuild();
    const { inserter, read } = this.#options;
    if (inserter.hasRoom) this.#rebuild?.step(inserter, read, () => this.#inserted());
    if (inserter.hasRoom && this.#canMove) this.#moveOne();
  }

  /** Resolves when nothing is under way any more, and nothing will be before `lock` and `unlock`. */
  hold(): Promise<void> {
    this.#isHeld = true;
    if (this.#isStill) return Promise.resolve();
    return new Promise((resolve) => this.#stillWaiters.push(resolve));
  }

  /** The graph stays as it is until `unlock`: it is being written. To be called as soon as `hold` has resolved. */
  lock(): void {
    assert(this.#isHeld && this.#isStill, 'a graph is locked when nothing is on its way into it');
    this.#isLocked = true;
  }

  unlock(): void {
    this.#isHeld = false;
    this.#isLocked = false;
    for (const label of this.#deletedMeanwhile.splice(0)) this.#markDeleted(label);
  }

  /** Gives graph and tail back. From here on only the store knows what the collection holds. */
  release(): void {
    assert(!this.#isHeld && this.#rebuild === null, 'what is written or rebuilt is not released');
    assert(this.#underWay.size === 0, 'what is inserted into is not released');
    this.#isCold = true;
    this.#graph?.release();
    this.#graph = null;
    this.#tail.clear();
    this.#fresh.clear();
    this.#inherited.clear();
    this.changes = 0;
  }

  /** The graph of a cold collection is back. Nothing enters it until `warmed`: it is being compared with the store. */
  adopt(graph: HnswGraph | null): void {
    assert(this.#isCold && this.#graph === null, 'only what was released is adopted');
    this.#graph = graph;
  }

  /** The graph is wrong, or its load failed. The tail stays, it may hold vectors whose commit is under way. */
  abandon(): void {
    this.#graph?.release();
    this.#graph = null;
  }

  /** Graph and tail hold what the store does. */
  warmed(): void {
    this.#isCold = false;
  }

  get #isMoving(): boolean {
    return !this.#isCold && (this.#graph !== null || this.#tail.count > this.#options.exactMax);
  }

  /** A rebuild that has seen all waits for what is on its way into the graph that it replaces: nothing may follow it. */
  get #canMove(): boolean {
    return this.#isMoving && this.#rebuild?.hasNext !== false;
  }

  /** Whether the rebuilt graph can take the place of the old one. */
  get #isRebuilt(): boolean {
    return this.#rebuild?.isComplete === true && this.#underWay.size === 0;
  }

  get #isStill(): boolean {
    return this.#underWay.size === 0 && (this.#rebuild?.underWay ?? 0) === 0;
  }

  get #needsRebuild(): boolean {
    const graph = this.#graph;
    const { ratio, tombstonesMin } = this.#options.rebuild;
    return graph !== null && graph.tombstones >= tombstonesMin && graph.tombstones > graph.count * ratio;
  }

  #markDeleted(label: number): void {
    // A comparison with the store meets all tombstones again: those are no changes.
    if (this.#graph?.markDeleted(label) === true) this.changes++;
    this.#rebuild?.markDeleted(label);
  }

  #moveOne(): void {
    this.#isInheritedNext = !this.#isInheritedNext;
    const [first, second] = this.#isInheritedNext
      ? [this.#inherited, this.#fresh]
      : [this.#fresh, this.#inherited];
    const move = first.shift() ?? second.shift();
    const vector = move === undefined ? null : this.#tail.read(move.label);
    if (move === undefined || vector === null) return; // it has left the tail: deleted, or replaced
    const { label, sequence } = move;
    this.#graph ??= new HnswGraph(this.#options.parameters);
    this.#underWay.set(label, sequence);
    this.#options.inserter.add(this.#graph, label, vector, () => this.#moved(label));
  }

  #moved(label: number): void {
    this.#underWay.delete(label);
    this.#rebuild?.sourceAdded(label);
    this.changes++;
    this.#tail.remove(label);
    this.#inserted();
  }

  #inserted(): void {
    if (this.#isStill) for (const resolve of this.#stillWaiters.splice(0)) resolve();
    this.#options.onInserted(this);
  }

  #startRebuild(): void {
    if (this.#graph !== null) this.#rebuild = new GraphRebuild(this.#graph, this.#options.parameters);
  }

  #finishRebuild(): void {
    if (this.#rebuild === null) return;
    const { target } = this.#rebuild;
    this.#graph?.release();
    this.#graph = target.live === 0 ? null : target;
    this.#rebuild = null;
    // Not one point has changed for a reader, but the snapshot still carries all the tombstones.
    this.changes += target.count;
  }

  #tidyQueue(): void {
    if (this.#isMoving || this.#fresh.length <= this.#tail.count + queueSlack) return;
    this.#fresh.keep((label) => this.#tail.has(label));
  }
}
