// The bound of a shard's memory: when its graphs and tails take more than their share, the collection that was used
// longest ago is released, its graph saved before; its next search, or more new vectors than a tail should hold, loads it
// again. Searches wait for the load, all of them for one, and everything else goes on meanwhile.
//
// The store holds all that a cold collection does, so nothing that happens to it meanwhile is written down: a load ends
// with a comparison of its labels with the store's, as a start after a crash does, and with a count. Commits go on during a
// load, and while one is under way there is nothing to count against: then the count is made at the next moment without one.

import type { TaskContext } from '../../actor/actor.ts';
import { KmsError } from '../../base/errors.ts';
import type { CollectionIndex } from './collection-index.ts';
import { fits, loadGraph, logMisfit, repair } from './shard-loader.ts';
import type { ShardSnapshots } from './shard-snapshots.ts';
import type { ShardState } from './shard-state.ts';

/** After a release that failed (a full disk, mostly): it would only fail again, with a graph written each time. */
const patienceMs = 30_000;

type Waiting = Pick<TaskContext, 'signal' | 'deadlineMs'>;

export class ColdCollections {
  readonly #state: ShardState;
  readonly #snapshots: ShardSnapshots;
  readonly #bytesMax: number;
  /** By collection, when it was last searched or written by name: a count of such uses. Bounded like `indexes`. */
  readonly #lastUse = new Map<CollectionIndex, number>();
  #uses = 0;
  /** How many searches need it now. */
  readonly #holds = new Map<CollectionIndex, number>();
  readonly #loads = new Map<CollectionIndex, Promise<void>>();
  /** Loaded while commits were under way, and not counted yet. */
  readonly #uncounted = new Set<CollectionIndex>();
  /** The end of the line: one collection is loaded at a time. */
  #lastLoad: Promise<void> = Promise.resolve();
  #release: Promise<void> | null = null;
  #resumeMs = 0;
  #isWarned = false;
  #isClosed = false;

  constructor(state: ShardState, snapshots: ShardSnapshots) {
    this.#state = state;
    this.#snapshots = snapshots;
    this.#bytesMax = state.init.indexBytesMax ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a search of these can run at once; of all collections where none is named. */
  areWarm(names: readonly string[]): boolean {
    const { cold, indexes } = this.#state;
    return cold.size === 0 || (names.length > 0 && names.every((name) => indexes.get(name)?.isCold !== true));
  }

  /** They were named by a search or a commit. One over all collections says nothing about any of them. */
  touch(names: Iterable<string>): void {
    this.#uses++;
    for (const name of names) {
      const index = this.#state.indexes.get(name);
      if (index !== undefined) this.#lastUse.set(index, this.#uses);
    }
  }

  /**
   * Resolves when none of them is cold, with the way to let go: until then none is released. A search needs all of its
   * collections at once, even where they take more memory than the bound. Rejects with `deadline_exceeded` and
   * `cancelled`; the load goes on for the next one.
   */
  async hold(names: readonly string[], task: Waiting): Promise<() => void> {
    const { indexes, cold } = this.#state;
    const held = (names.length === 0 ? [...indexes.keys()] : [...new Set(names)]).flatMap(
      (name) => indexes.get(name) ?? [],
    );
    for (const index of held) this.#holds.set(index, (this.#holds.get(index) ?? 0) + 1);
    const letGo = () => {
      for (const index of held) this.#unhold(index);
      this.tend();
    };
    try {
      const loads = held.filter((index) => cold.has(index)).map((index) => this.#load(index));
      await this.#unlessOver(Promise.all(loads), task);
    } catch (error) {
      letGo();
      throw error;
    }
    return letGo;
  }

  /** To be called after memory may have grown, or something has come to rest. Starts what is due, in the background. */
  tend(): void {
    if (this.#isClosed) return;
    for (const index of this.#uncounted) this.#count(index);
    for (const index of this.#state.cold) {
      if (index.needsWarmth) this.#load(index).catch((error: unknown) => this.#logFailure(index, error));
    }
    if (this.#release !== null || this.#state.context.clock.nowMs() < this.#resumeMs) return;
    if (this.#state.indexBytes() <= this.#bytesMax) return;
    const index = this.#longestUnused();
    if (index === null) return;
    this.#release = this.#releaseOne(index)
      .catch((error: unknown) => {
        this.#resumeMs = this.#state.context.clock.nowMs() + patienceMs;
        this.#logFailure(index, error);
      })
      .finally(() => {
        this.#release = null;
        this.tend();
      });
  }

  /** Starts nothing more, and waits for what is being loaded or released; what stands in line for a load is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#release !== null || this.#loads.size > 0) {
      await this.#release;
      await Promise.allSettled(this.#loads.values());
    }
  }

  /** Never the one that was used last: with that alone over the bound, releasing it would only load it again. */
  #longestUnused(): CollectionIndex | null {
    let oldest: CollectionIndex | null = null;
    let warm = 0;
    for (const index of this.#state.indexes.values()) {
      if (index.isCold) continue;
      warm++;
      const isFree = this.#lastUseOf(index) < this.#uses && this.#canRelease(index) && index.bytes > 0;
      if (isFree && (oldest === null || this.#lastUseOf(index) < this.#lastUseOf(oldest))) oldest = index;
    }
    if (oldest === null && warm === 1 && !this.#isWarned) {
      this.#isWarned = true;
      const facts = { bytes: this.#state.indexBytes(), bytesMax: this.#bytesMax };
      this.#state.context.log.warn(facts, 'one collection alone takes more memory than the index may');
    }
    return oldest;
  }

  /** Where the tail is all there is, it may hold vectors whose commit is under way: those are in no store yet. */
  #canRelease(index: CollectionIndex): boolean {
    if (this.#holds.has(index) || !index.isAtRest) return false;
    return index.graph !== null || this.#state.inFlight.size === 0;
  }

  #lastUseOf(index: CollectionIndex): number {
    return this.#lastUse.get(index) ?? 0;
  }

  async #releaseOne(index: CollectionIndex): Promise<void> {
    const { context } = this.#state;
    await this.#snapshots.save(index);
    // Whatever came meanwhile: it is tried again when that has come to rest.
    if (!this.#canRelease(index)) return;
    const { bytes } = index;
    this.#chill(index);
    context.count('kms_index_releases_total', 1);
    context.log.info({ collection: index.name, bytes }, 'collection released from memory');
  }

  #chill(index: CollectionIndex): void {
    const { cold, active } = this.#state;
    index.release();
    active.delete(index);
    cold.add(index);
    this.#uncounted.delete(index);
  }

  /** One whose graph turns out to be wrong is loaded once more, without it. */
  #count(index: CollectionIndex): void {
    const isRight = fits(this.#state, index);
    if (isRight === true) this.#uncounted.delete(index);
    if (isRight !== false || !this.#canRelease(index)) return;
    logMisfit(this.#state, index);
    this.#chill(index);
    this.#load(index, false).catch((error: unknown) => this.#logFailure(index, error));
  }

  #load(index: CollectionIndex, isGraphTrusted = true): Promise<void> {
    const underWay = this.#loads.get(index);
    if (underWay !== undefined) return underWay;
    const load = this.#lastLoad
      .then(() => this.#loadNow(index, isGraphTrusted))
      .finally(() => this.#loads.delete(index));
    this.#loads.set(index, load);
    this.#lastLoad = load.catch(() => undefined);
    return load;
  }

  async #loadNow(index: CollectionIndex, isGraphTrusted: boolean): Promise<void> {
    if (this.#isClosed) throw new KmsError('unavailable', 'the shard is being closed');
    const { context, cold, store } = this.#state;
    const startMs = context.clock.nowMs();
    const row = store.collection(index.name);
    if (row === undefined) throw new KmsError('internal', 'a cold collection is not in the store');
    index.adopt(isGraphTrusted ? await loadGraph(this.#state, row) : null);
    try {
      const isCertain = await repair(this.#state, index, { changesDone: 0, changesTotal: 0 });
      // Without the graph nothing is left that could be wrong, and a second rebuild would change nothing.
      if (!isCertain && isGraphTrusted) this.#uncounted.add(index);
    } catch (error) {
      index.abandon();
      throw error;
    }
    index.warmed();
    cold.delete(index);
    this.#uses++;
    this.#lastUse.set(index, this.#uses);
    this.#state.activate(index);
    const seconds = (context.clock.nowMs() - startMs) / 1000;
    context.observe('kms_index_load_seconds', seconds);
    const facts = { collection: index.name, bytes: index.bytes, tookMs: Math.round(seconds * 1000) };
    context.log.info(facts, 'collection loaded into memory');
    this.tend();
  }

  #unhold(index: CollectionIndex): void {
    const holds = (this.#holds.get(index) ?? 0) - 1;
    if (holds > 0) this.#holds.set(index, holds);
    else this.#holds.delete(index);
  }

  #logFailure(index: CollectionIndex, error: unknown): void {
    if (this.#isClosed) return;
    const facts = { collection: index.name, error: String(error) };
    this.#state.context.log.error(facts, 'collection could not be loaded or released');
  }

  #unlessOver<T>(work: Promise<T>, { signal, deadlineMs }: Waiting): Promise<T> {
    const { clock } = this.#state.context;
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => reject(new KmsError('cancelled', 'the search was cancelled during a load'));
      const onDeadline = () =>
        reject(new KmsError('deadline_exceeded', 'the deadline passed while a collection was loaded'));
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const timer =
        deadlineMs === null ? null : clock.setTimer(Math.max(0, deadlineMs - clock.nowMs()), onDeadline);
      work.then(resolve, reject).finally(() => {
        timer?.cancel();
        signal.removeEventListener('abort', onAbort);
      });
    });
  }
}
