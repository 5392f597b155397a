// Snapshots of a shard's graphs: one collection after the other, the file first, its row after, the old file last, and
// then the log behind all of them. A crash at any point leaves the old snapshot or the new one, and costs a longer
// replay at worst.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSnapshotFile } from '../../vector/snapshot-file.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { ShardState } from './shard-state.ts';

/** A snapshot is worth writing after this share of a collection has changed. */
const changesShareMin = 0.25;
/** No insertion may run while a graph is written, so a busy collection waits for a quiet moment, up to this many times as long. */
const patienceWhenBusy = 2;
/** Log rows forgotten in one transaction: a few milliseconds. */
const truncateRowsMax = 5_000;

export class ShardSnapshots {
  readonly #state: ShardState;
  /** The end of the line: snapshots are taken one at a time. */
  #last: Promise<void> = Promise.resolve();
  /** Standing in it, the one that is taken included. */
  #inLine = 0;
  /** After a failure, how many changes a collection had: it waits for as many again. */
  readonly #failedAt = new Map<CollectionIndex, number>();
  /** A snapshot has ended, so its collection may be at rest now. */
  onEnd: () => void = () => undefined;

  constructor(state: ShardState) {
    this.#state = state;
  }

  /** Starts a snapshot of the collection in the background when enough has changed; a failure is logged. */
  startIfDue(index: CollectionIndex): void {
    if (this.#inLine > 0 || !this.#isDue(index)) return;
    const { log } = this.#state.context;
    this.#enqueue(() => this.#take(index)).catch((error: unknown) => {
      log.error({ collection: index.name, error: String(error) }, 'snapshot failed');
    });
  }

  /** Snapshots everything that has changed and truncates the log. Rejects with the first failure. */
  async takeAll(): Promise<void> {
    await this.#enqueue(async () => {
      for (const index of [...this.#state.indexes.values()]) await this.#take(index);
      await this.#truncateLog();
    });
  }

  /** Snapshots the collection if it has changed. Rejects with the failure. */
  save(index: CollectionIndex): Promise<void> {
    return this.#enqueue(() => this.#take(index));
  }

  /** Waits until nothing is being written. */
  async settle(): Promise<void> {
    await this.#last;
  }

  /** Removes what a crash left behind: files that no row names. */
  async removeOrphans(): Promise<void> {
    const { store } = this.#state;
    const named = new Set(store.collections().map(({ number }) => store.snapshot(number)?.file));
    for (const file of await readdir(store.snapshotFolder)) {
      if (!named.has(file)) await rm(join(store.snapshotFolder, file), { force: true });
    }
  }

  #isDue(index: CollectionIndex): boolean {
    const patience = index.pending > 0 ? patienceWhenBusy : 1;
    const changesMin = patience * Math.max(this.#state.init.snapshotChangesMin, index.live * changesShareMin);
    return index.graph !== null && index.changes >= changesMin + (this.#failedAt.get(index) ?? 0);
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#inLine++;
    const done = this.#last.then(async () => {
      try {
        await work();
      } finally {
        this.#inLine--;
        this.onEnd();
      }
    });
    // The line goes on after a failure; whoever asked for that snapshot hears of it.
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #take(index: CollectionIndex): Promise<void> {
    // What was released has its snapshot, and what is being loaded is being read from it.
    if (index.isCold) return;
    const { store } = this.#state;
    const previous = store.snapshot(index.number);
    if (index.graph === null) {
      if (previous === undefined) return;
      await store.write((writer) => writer.removeSnapshot(index.number));
    } else if (index.changes > 0 || previous === undefined) {
      await this.#write(index);
    } else return;
    if (previous !== undefined) await rm(join(store.snapshotFolder, previous.file), { force: true });
    await this.#truncateLog();
  }

  async #write(index: CollectionIndex): Promise<void> {
    const { store, context, parameters } = this.#state;
    const unlock = () => {
      index.unlock();
      this.#state.activate(index);
    };
    await index.hold();
    const { graph, changes, number } = index;
    if (graph === null) return unlock();
    index.lock();
    const { count, tombstones } = graph;
    // Read while locked: what is in the graph at this moment is what will be in the file.
    const appliedSequence = this.#state.appliedSequence(index);
    const file = `${number}-${appliedSequence}-${context.clock.epochMs()}.hnsw`;
    index.changes = 0;
    const startMs = context.clock.nowMs();
    try {
      const written = await writeSnapshotFile(graph, join(store.snapshotFolder, file), unlock);
      const row = { file, ...written, parameters, count, tombstones, appliedSequence };
      await store.write((writer) => writer.putSnapshot(number, row));
      this.#failedAt.delete(index);
    } catch (error) {
      index.changes += changes;
      this.#failedAt.set(index, index.changes);
      throw error;
    }
    const tookMs = Math.round(context.clock.nowMs() - startMs);
    context.log.info({ collection: index.name, count, appliedSequence, tookMs }, 'snapshot written');
  }

  /**
   * Up to what every graph's snapshot holds. Collections without a graph are loaded from their labels, not the log, so
   * small collections that are rewritten for ever do not keep it from being truncated; nor do cold ones, which are
   * compared with the store when they are loaded.
   */
  async #truncateLog(): Promise<void> {
    const { store } = this.#state;
    await this.#raiseUnchanged();
    let sequence = this.#state.settledSequence();
    for (const index of this.#state.indexes.values()) {
      if (index.graph === null) continue;
      sequence = Math.min(sequence, store.snapshot(index.number)?.appliedSequence ?? 0);
    }
    if (sequence <= 0) return;
    for (;;) {
      const removed = await store.write((writer) => writer.truncateLog(sequence, truncateRowsMax));
      if (removed < truncateRowsMax) return;
    }
  }

  /**
   * A collection that nobody changes has all newer changes in its snapshot, none of them being its own: without saying so
   * it would keep the log, and the next start reading it, for ever.
   */
  async #raiseUnchanged(): Promise<void> {
    const { store, indexes } = this.#state;
    const raised = [...indexes.values()].flatMap((index) => {
      const row = store.snapshot(index.number);
      if (row === undefined || index.graph === null || index.changes > 0) return [];
      // Being loaded: nobody knows yet what it lacks.
      if (index.isCold) return [];
      const appliedSequence = this.#state.appliedSequence(index);
      return appliedSequence > row.appliedSequence ? [{ index, row: { ...row, appliedSequence } }] : [];
    });
    if (raised.length === 0) return;
    await store.write((writer) => {
      for (const { index, row } of raised) writer.putSnapshot(index.number, row);
    });
  }
}
