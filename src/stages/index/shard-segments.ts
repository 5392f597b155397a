// The files of a shard's lexical indexes: the file first, then one transaction that puts its row in and takes out those
// of the segments that were merged into it, and their files last. A crash at any point leaves rows that name complete
// files, and at worst a file that no row names.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KmsError } from '../../base/errors.ts';
import { analyzerVersion } from '../../lexical/analyzer-version.ts';
import { type SegmentRow, writeSegmentFile } from '../../lexical/segment-file.ts';
import type { UnsavedChange } from '../../lexical/segment-set.ts';
import type { CollectionWords } from './collection-words.ts';
import type { ShardState } from './shard-state.ts';

/** After a failure a collection waits for so many changes of the shard: a full disk is not written to again and again. */
const patienceChanges = 1_000;

export class ShardSegments {
  readonly #state: ShardState;
  /** The end of the line: one file is written at a time. */
  #last: Promise<void> = Promise.resolve();
  /** Collections that stand in the line; each at most once. */
  readonly #waiting = new Set<CollectionWords>();
  /** After a failure, the shard's newest change at that moment. */
  readonly #failedAt = new Map<CollectionWords, number>();

  constructor(state: ShardState) {
    this.#state = state;
  }

  /** Starts saving what has become a segment, in the background; a failure is logged. */
  startIfDue(words: CollectionWords): void {
    if (this.#waiting.has(words) || this.#isResting(words)) return;
    const change = words.lexical.takeUnsaved();
    if (change === null) return;
    this.#waiting.add(words);
    const { log } = this.#state.context;
    this.#enqueue(async () => {
      this.#waiting.delete(words);
      await this.#save(words, change);
      await this.#saveSegments(words);
    }).catch((error: unknown) => {
      this.#failedAt.set(words, this.#state.store.lastSequence);
      log.error({ collection: words.name, error: String(error) }, 'lexical segment not saved');
    });
  }

  /** Saves every word of every collection. Rejects with the first failure. */
  async saveAll(): Promise<void> {
    for (const words of this.#state.words.values()) words.lexical.sealForSnapshot();
    for (const words of this.#state.words.values()) await this.#sealed(words);
    await this.#enqueue(async () => {
      for (const words of this.#state.words.values()) await this.#saveSegments(words);
    });
  }

  /** Waits until nothing is being written. */
  async settle(): Promise<void> {
    await this.#last;
  }

  /** Removes what a crash left behind: files that no row names. */
  async removeOrphans(): Promise<void> {
    const { store } = this.#state;
    const named = new Set(
      store.collections().flatMap(({ number }) => store.segments(number).map(({ file }) => file)),
    );
    for (const file of await readdir(store.segmentFolder)) {
      if (!named.has(file)) await rm(join(store.segmentFolder, file), { force: true });
    }
  }

  /** Steps until what was in memory only has become segments; merges may be left for later. */
  async #sealed(words: CollectionWords): Promise<void> {
    while (words.lexical.isSealing) {
      words.lexical.step();
      await this.#state.turn();
    }
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    // The line goes on after a failure; whoever asked hears of it.
    this.#last = done.catch(() => undefined);
    return done;
  }

  #isResting(words: CollectionWords): boolean {
    const failedAt = this.#failedAt.get(words);
    return failedAt !== undefined && this.#state.store.lastSequence < failedAt + patienceChanges;
  }

  async #saveSegments(words: CollectionWords): Promise<void> {
    const { lexical } = words;
    for (let change = lexical.takeUnsaved(); change !== null; change = lexical.takeUnsaved()) {
      await this.#save(words, change);
    }
  }

  async #save(words: CollectionWords, change: UnsavedChange): Promise<void> {
    const { lexical } = words;
    try {
      await this.#write(words, change);
    } catch (error) {
      lexical.notSaved(change);
      throw error;
    }
    this.#failedAt.delete(words);
    lexical.saved(change);
    this.#state.activateWords(words);
  }

  async #write({ name, number }: CollectionWords, { id, segment, replaces }: UnsavedChange): Promise<void> {
    const { store, context } = this.#state;
    const startMs = context.clock.nowMs();
    store.checkSpace(segment?.bytes ?? 0);
    const replaced = store.segments(number).filter((row) => replaces.includes(row.id));
    let row: SegmentRow | null = null;
    if (segment !== null) {
      const file = `${number}-${id}-${context.clock.epochMs()}.words`;
      row = await writeSegmentFile(store.segmentFolder, segment, { id, file, analyzerVersion });
    }
    try {
      await store.write((writer) => {
        if (row !== null) writer.putSegment(number, row);
        for (const old of replaced) writer.removeSegment(number, old.id);
      });
    } catch (error) {
      // Each retry writes a file of its own, on a disk that may be full. After a failed flush there is no retry, and the
      // row may have reached the disk all the same.
      const isMaybeWritten = error instanceof KmsError && error.facts['stage'] === 'committed';
      if (row !== null && !isMaybeWritten) await rm(join(store.segmentFolder, row.file), { force: true });
      throw error;
    }
    for (const { file } of replaced) await rm(join(store.segmentFolder, file), { force: true });
    const tookMs = Math.round(context.clock.nowMs() - startMs);
    const facts = { collection: name, documents: row?.documents ?? 0, replaced: replaced.length };
    context.log.info({ ...facts, bytes: row?.bytes ?? 0, tookMs }, 'lexical segment saved');
  }
}
