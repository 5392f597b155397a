// What the parts of a shard share: the store, the collections' indexes, and which commits are under way.

import type { ActorContext } from '../../actor/actor.ts';
import { LexicalIndex } from '../../lexical/lexical-index.ts';
import type { CollectionRow } from '../../storage/document-record.ts';
import type { ShardStore } from '../../storage/shard-store.ts';
import { GraphInserter } from '../../vector/graph-inserter.ts';
import type { GraphParameters, HnswGraph } from '../../vector/hnsw-graph.ts';
import { VectorSlab } from '../../vector/vector-slab.ts';
import { CollectionIndex } from './collection-index.ts';
import type { CollectionWords } from './collection-words.ts';
import type { IndexInit } from './index-init.ts';
import { LabelBlocks } from './selection-blocks.ts';

const rebuildRatioDefault = 0.2;
const rebuildTombstonesMinDefault = 256;
/** As for embedding in bulk: with few cores, what answers comes first, and what is inserted is searchable already. */
const insertionNiceness = 10;

export class ShardState {
  readonly init: IndexInit;
  readonly context: ActorContext;
  readonly store: ShardStore;
  readonly parameters: GraphParameters;
  /** By collection name. Bounded by the number of collections. */
  readonly indexes = new Map<string, CollectionIndex>();
  /** By collection name; a collection has both or none. */
  readonly words = new Map<string, CollectionWords>();
  /** Those with background work, in turn. */
  readonly active = new Set<CollectionIndex>();
  readonly activeWords = new Set<CollectionWords>();
  /** Those whose graph and tail were released, or not loaded at start. */
  readonly cold = new Set<CollectionIndex>();
  /** First sequence numbers of commits that are readable, or about to be, and not yet settled. */
  readonly inFlight = new Set<number>();
  readonly slab: VectorSlab;
  /** Inserts for all collections of the shard, one point at a time. */
  readonly inserter: GraphInserter;
  /** Told of the collections into whose graphs something came, once for all that is done. */
  onInserted: (indexes: ReadonlySet<CollectionIndex>) => void = () => undefined;
  #inserted = new Set<CollectionIndex>();
  readonly #read: (label: number) => Float32Array | null;

  constructor(parts: { init: IndexInit; context: ActorContext; store: ShardStore }) {
    this.init = parts.init;
    this.context = parts.context;
    this.store = parts.store;
    const { dimensions, m, efConstruction } = parts.init;
    this.parameters = { dimensions, m, efConstruction };
    this.slab = new VectorSlab(dimensions);
    this.inserter = new GraphInserter({
      dimensions,
      niceness: insertionNiceness,
      onProgress: () => {
        this.context.wake();
        // Not only in the next step: while the shard is being closed there is none, and a snapshot may wait for these.
        try {
          this.settleInsertions();
        } catch (error) {
          // Node would only warn of it: a native part has called. It ends the thread, as it would out of a step.
          setImmediate(() => {
            throw error;
          });
        }
      },
    });
    this.#read = (label) => this.store.vector(label);
  }

  /** The collection's index, made at first use. */
  indexOf(row: CollectionRow, graph: HnswGraph | null = null): CollectionIndex {
    const known = this.indexes.get(row.name);
    if (known !== undefined) {
      // The transaction that first made the collection may have failed, and its number gone to another one.
      known.number = row.number;
      return known;
    }
    const { exactMax } = this.init;
    const rebuild = {
      ratio: this.init.rebuildRatio ?? rebuildRatioDefault,
      tombstonesMin: this.init.rebuildTombstonesMin ?? rebuildTombstonesMinDefault,
    };
    const { name, number } = row;
    const options = {
      name,
      number,
      parameters: this.parameters,
      slab: this.slab,
      exactMax,
      rebuild,
      read: this.#read,
      inserter: this.inserter,
      onInserted: (each: CollectionIndex) => this.#inserted.add(each),
    };
    const made = new CollectionIndex(options, graph);
    this.indexes.set(row.name, made);
    return made;
  }

  /** The collection's words, made at first use. */
  wordsOf({ name, number }: CollectionRow): CollectionWords {
    const known = this.words.get(name);
    if (known !== undefined) {
      known.number = number;
      return known;
    }
    const made = { name, number, lexical: new LexicalIndex(this.init.lexical) };
    this.words.set(name, made);
    return made;
  }

  /** Lets the event loop have its turn, where the supervisor asks how far things are, and shows life. */
  turn(): Promise<void> {
    this.context.progress();
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The first labels of all documents of a collection. */
  firstLabels(collection: number): LabelBlocks {
    const labels = new LabelBlocks();
    this.store.attributes.firsts(collection, (block, row) => labels.addRow(block, row));
    return labels;
  }

  /** The labels of all chunks of a collection. */
  allLabels(collection: number): LabelBlocks {
    const labels = new LabelBlocks();
    this.store.attributes.all(collection, (block, row) => labels.addRow(block, row));
    return labels;
  }

  /** The stored collections whose vectors this engine understands. */
  collections(): CollectionRow[] {
    return this.store.collections().filter(({ generation }) => generation === this.init.generation);
  }

  /** Whoever waits for insertions hears of those that are done by now. */
  settleInsertions(): void {
    this.inserter.settle();
    if (this.#inserted.size === 0) return;
    const inserted = this.#inserted;
    this.#inserted = new Set();
    this.onInserted(inserted);
  }

  /** To be called after an index may have got something to do. */
  activate(index: CollectionIndex): void {
    if (!index.hasWork) return;
    this.active.add(index);
    this.context.wake();
  }

  /** As `activate`, after words may have got something to do. */
  activateWords(words: CollectionWords): void {
    if (!words.lexical.hasWork) return;
    this.activeWords.add(words);
    this.context.wake();
  }

  /** Memory of all graphs and tails, about. */
  indexBytes(): number {
    let bytes = 0;
    for (const index of this.indexes.values()) bytes += index.bytes;
    return bytes;
  }

  /** New vectors that wait for a graph, of all collections. */
  pending(): number {
    let pending = 0;
    for (const index of this.indexes.values()) pending += index.pending;
    return pending;
  }

  /** Of them, those of collections that are not loaded. */
  coldPending(): number {
    let pending = 0;
    for (const index of this.cold) pending += index.pending;
    return pending;
  }

  /** Every change up to here has reached its index. */
  settledSequence(): number {
    return Math.min(this.store.lastSequence + 1, ...this.inFlight) - 1;
  }

  /** Every change of the collection up to here is in its graph. */
  appliedSequence(index: CollectionIndex): number {
    return Math.min(this.settledSequence(), index.oldestWaiting - 1);
  }
}
