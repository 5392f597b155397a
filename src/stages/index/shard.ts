// One shard of the engine: the store, the indexes derived from it, and everything that is done with them. Knows nothing
// of mailboxes; index.actor.ts puts it behind one.

import type { ActorContext, ActorStats, TaskContext } from '../../actor/actor.ts';
import type { DocumentKey } from '../../model/document.ts';
import { CommitSequence } from '../../storage/commit-sequence.ts';
import { ShardStore, type ShardStoreOptions } from '../../storage/shard-store.ts';
import { ColdCollections } from './cold-collections.ts';
import type { CollectionIndex } from './collection-index.ts';
import { listDocuments, type Page } from './document-list.ts';
import type { IndexInit } from './index-init.ts';
import type {
  CollectionState,
  CommitBatch,
  CommitReceipt,
  ShardAnswer,
  ShardQuery,
  ShownDocument,
  TermAnswer,
  TermQuestion,
} from './index-messages.ts';
import { ShardCommits } from './shard-commits.ts';
import { type LoadProgress, loadShard } from './shard-loader.ts';
import { Fetcher, type FetchKey, type FetchOptions } from './shard-reads.ts';
import { searchShard } from './shard-search.ts';
import { ShardSegments } from './shard-segments.ts';
import { ShardSnapshots } from './shard-snapshots.ts';
import { ShardState } from './shard-state.ts';
import { TailRoom } from './tail-room.ts';
import { describeTerms } from './term-answers.ts';

/** For tests of what a real disk seldom does. */
export type ShardFaults = Pick<ShardStoreOptions, 'freeBytes' | 'flushed'>;

export class Shard {
  readonly #state: ShardState;
  readonly #room: TailRoom;
  readonly #commits: ShardCommits;
  readonly #snapshots: ShardSnapshots;
  readonly #segmentFiles: ShardSegments;
  readonly #cold: ColdCollections;
  readonly #progress: LoadProgress;
  #areWordsNext = false;

  constructor(parts: { state: ShardState; progress: LoadProgress }) {
    const { state } = parts;
    this.#state = state;
    this.#progress = parts.progress;
    this.#room = new TailRoom({
      tailMax: state.init.tailMax,
      pending: () => state.pending(),
      cold: () => state.coldPending(),
      clock: state.context.clock,
    });
    this.#commits = new ShardCommits(state, this.#room);
    this.#snapshots = new ShardSnapshots(state);
    this.#segmentFiles = new ShardSegments(state);
    this.#cold = new ColdCollections(state, this.#snapshots);
    this.#snapshots.onEnd = () => this.#cold.tend();
    state.onInserted = (indexes) => this.#afterSteps(indexes);
  }

  /** Opens the store only; `load` makes it searchable. */
  static open(init: IndexInit, context: ActorContext, faults: ShardFaults = {}): Shard {
    const { dataDir, shard, shardCount, dimensions, mapBytesMax } = init;
    const sequence = new CommitSequence(init.sequence);
    const { clock } = context;
    const facts = { dataDir, shard, shardCount, dimensions, mapBytesMax, sequence, clock };
    const store = new ShardStore({ ...facts, ...faults });
    const state = new ShardState({ init, context, store });
    return new Shard({ state, progress: { changesDone: 0, changesTotal: 0 } });
  }

  get store(): ShardStore {
    return this.#state.store;
  }

  async load(): Promise<void> {
    await loadShard(this.#state, this.#progress);
    await this.#snapshots.removeOrphans();
    await this.#segmentFiles.removeOrphans();
  }

  async commit(
    batch: CommitBatch,
    task: Pick<TaskContext, 'signal' | 'deadlineMs'>,
  ): Promise<CommitReceipt[]> {
    this.#cold.touch(batch.items.map(({ collection }) => collection));
    const receipts = await this.#commits.commit(batch, task);
    this.#cold.tend();
    return receipts;
  }

  delete(keys: readonly DocumentKey[]): Promise<(number | null)[]> {
    return this.#commits.delete(keys);
  }

  /** At once, unless a collection has to be loaded first: see cold-collections.ts. */
  search(
    query: ShardQuery,
    task: Pick<TaskContext, 'giveWay' | 'signal' | 'deadlineMs'>,
  ): ShardAnswer | Promise<ShardAnswer> {
    const { collections, vectors } = query;
    this.#cold.touch(collections);
    // The words of a collection stay in memory.
    if (vectors.length === 0 || this.#cold.areWarm(collections)) return searchShard(this.#state, query, task);
    return this.#searchWhenWarm(query, task);
  }

  async #searchWhenWarm(
    query: ShardQuery,
    task: Pick<TaskContext, 'giveWay' | 'signal' | 'deadlineMs'>,
  ): Promise<ShardAnswer> {
    const letGo = await this.#cold.hold(query.collections, task);
    try {
      // One that was made while this waited was not held, and may have been released since.
      if (!this.#cold.areWarm(query.collections)) return await this.#searchWhenWarm(query, task);
      return searchShard(this.#state, query, task);
    } finally {
      letGo();
    }
  }

  describeTerms(question: TermQuestion, task: Pick<TaskContext, 'giveWay'>): TermAnswer {
    return describeTerms(this.#state, question, () => task.giveWay());
  }

  /** Index-aligned; null where there is no such document. */
  fetch(
    keys: readonly FetchKey[],
    options: FetchOptions,
    task: Pick<TaskContext, 'giveWay'>,
  ): (ShownDocument | null)[] {
    return new Fetcher(this.#state, options, () => task.giveWay()).fetch(keys);
  }

  list(page: Page, task: Pick<TaskContext, 'giveWay'>): ReturnType<typeof listDocuments> {
    return listDocuments(this.#state, page, () => task.giveWay());
  }

  /**
   * One unit of background work: at most one insertion handed over, or as much of sealing and merging words as takes as
   * long as one. In turn, so that neither keeps the other waiting. Returns whether there is more to do now; of insertions
   * that are done, the inserter tells.
   */
  step(): boolean {
    const { active, activeWords, inserter } = this.#state;
    this.#state.settleInsertions();
    const canInsert = active.size > 0 && inserter.hasRoom;
    this.#areWordsNext = !this.#areWordsNext;
    if (activeWords.size > 0 && (this.#areWordsNext || !canInsert)) this.#stepWords();
    else if (canInsert) this.#stepVectors();
    return activeWords.size > 0 || (active.size > 0 && inserter.hasRoom);
  }

  #stepWords(): void {
    const { activeWords } = this.#state;
    const [words] = activeWords;
    if (words === undefined) return;
    activeWords.delete(words);
    if (words.lexical.step()) activeWords.add(words);
    this.#segmentFiles.startIfDue(words);
  }

  #stepVectors(): void {
    const { active } = this.#state;
    const [index] = active;
    if (index === undefined) return;
    // To the end of the line: a large collection does not keep the small ones waiting.
    active.delete(index);
    index.step();
    this.#afterSteps([index]);
  }

  /** Part of a step is done in these, or what steps began: insertions. */
  #afterSteps(indexes: Iterable<CollectionIndex>): void {
    let isOneDone = false;
    for (const index of indexes) {
      if (index.hasWork) this.#state.active.add(index);
      else isOneDone = true;
      this.#snapshots.startIfDue(index);
    }
    // These look at all collections, so once for many insertions.
    if (isOneDone) this.#cold.tend();
    if (this.#room.waiting > 0) this.#room.release();
  }

  /** Returns the change up to which every graph's snapshot reaches; all changes where there is no graph. */
  async snapshot(): Promise<number> {
    await this.#snapshots.takeAll();
    await this.#segmentFiles.saveAll();
    let sequence = this.#state.settledSequence();
    for (const index of this.#state.indexes.values()) {
      if (index.graph !== null) sequence = Math.min(sequence, this.#snapshotSequence(index.number));
    }
    return sequence;
  }

  collections(): CollectionState[] {
    const commitSequence = this.#state.settledSequence();
    return this.#state.store.collections().map(({ name, number, generation, documents, vectors }) => {
      const index = this.#state.indexes.get(name);
      return {
        collection: name,
        generation,
        documents,
        vectors,
        graphVectors: index?.graph?.live ?? 0,
        tailVectors: index?.tailCount ?? 0,
        tombstones: index?.tombstones ?? 0,
        indexBytes: index?.bytes ?? 0,
        isCold: index?.isCold ?? false,
        commitSequence,
        snapshotSequence: this.#snapshotSequence(number),
      };
    });
  }

  stats(): ActorStats {
    const { usedBytes } = this.#state.store.use();
    let graph = 0;
    let tail = 0;
    let tombstones = 0;
    for (const index of this.#state.indexes.values()) {
      graph += index.graph?.live ?? 0;
      tail += index.tailCount;
      tombstones += index.tombstones;
    }
    const tailBytes = tail * this.#state.init.dimensions * 4;
    let wordsDocuments = 0;
    let wordsSegments = 0;
    let wordsBytes = 0;
    for (const { lexical } of this.#state.words.values()) {
      const stats = lexical.stats();
      wordsDocuments += stats.documents;
      wordsSegments += stats.segments;
      wordsBytes += stats.bytes;
    }
    return {
      replay_changes_done: this.#progress.changesDone,
      replay_changes_total: this.#progress.changesTotal,
      vectors: graph + tail,
      graph_vectors: graph,
      tail_vectors: tail,
      pending_vectors: this.#state.pending(),
      insertions_under_way: this.#state.inserter.underWay,
      tombstones,
      graph_bytes: this.#state.indexBytes() - tailBytes,
      tail_bytes: tailBytes,
      cold_collections: this.#state.cold.size,
      lexical_documents: wordsDocuments,
      lexical_segments: wordsSegments,
      lexical_bytes: wordsBytes,
      commits_waiting: this.#room.waiting,
      last_sequence: this.#state.store.lastSequence,
      lmdb_used_bytes: usedBytes,
      lmdb_map_bytes: this.#state.init.mapBytesMax,
    };
  }

  /** The caller has seen to it that nothing else runs. A graph that is being written is waited for. */
  async close(): Promise<void> {
    await this.#cold.close();
    await this.#snapshots.settle();
    this.#state.inserter.stop();
    await this.#segmentFiles.settle();
    await this.#state.store.close();
  }

  #snapshotSequence(collection: number): number {
    return this.#state.store.snapshot(collection)?.appliedSequence ?? 0;
  }
}
