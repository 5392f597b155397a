// The segments of an index and what the store knows of them: which are in files with rows, which are not yet, and which
// rows a merged segment takes the place of. The store's rows always name complete files that together hold each
// document once.

import { chooseMerge, type MergeLimits } from './merge-policy.ts';
import type { Segment } from './segment.ts';

/** What the caller has to make durable: the file first, then the row and the rows it replaces in one transaction. */
export interface UnsavedChange {
  /** Never used before in this index. */
  readonly id: number;
  /** Null: the replaced rows only go, because no document of theirs is left. */
  readonly segment: Segment | null;
  /** Rows that go in the same transaction; their files may be deleted after it. */
  readonly replaces: readonly number[];
}

export interface SegmentSlot {
  readonly id: number;
  readonly segment: Segment;
  /** The smallest commit sequence of a document that no saved segment holds; Infinity when all are saved. */
  oldestSequence: number;
  /** Rows of the store that it takes the place of. */
  replaces: readonly number[];
  state: 'unsaved' | 'saving' | 'saved';
  /** It is about to be replaced: writing it would be in vain. */
  isMerging: boolean;
}

export class SegmentSet {
  readonly #limits: MergeLimits;
  #slots: readonly SegmentSlot[] = [];
  /** Rows whose segments have come to nothing. */
  #obsoleteRows: readonly number[] = [];
  #lastId = 0;
  /** What nextMerge() found; undefined: something has changed since. */
  #nextMerge: readonly SegmentSlot[] | null | undefined = null;

  constructor(limits: MergeLimits) {
    this.#limits = limits;
  }

  /** Replaced as a whole by each change: whoever walks it sees one state. */
  get slots(): readonly SegmentSlot[] {
    return this.#slots;
  }

  get oldestUnsaved(): number {
    return this.#slots.reduce(
      (oldest, slot) => Math.min(oldest, slot.oldestSequence),
      Number.POSITIVE_INFINITY,
    );
  }

  /** A segment from its file. */
  adopt(id: number, segment: Segment): void {
    this.#lastId = Math.max(this.#lastId, id);
    this.#put({
      id,
      segment,
      oldestSequence: Number.POSITIVE_INFINITY,
      replaces: [],
      state: 'saved',
      isMerging: false,
    });
  }

  /** A memtable has become a segment. */
  put(segment: Segment, oldestSequence: number): void {
    this.#put({
      id: ++this.#lastId,
      segment,
      oldestSequence,
      replaces: [],
      state: 'unsaved',
      isMerging: false,
    });
  }

  /** Several have become one, or nothing. */
  replace(merged: readonly SegmentSlot[], segment: Segment | null): void {
    const replaces = merged.flatMap((slot) => [
      ...slot.replaces,
      ...(slot.state === 'saved' ? [slot.id] : []),
    ]);
    this.#slots = this.#slots.filter((slot) => !merged.includes(slot));
    this.touch();
    if (segment === null) {
      this.#obsoleteRows = [...this.#obsoleteRows, ...replaces];
      return;
    }
    const oldestSequence = Math.min(...merged.map((slot) => slot.oldestSequence));
    this.#put({ id: ++this.#lastId, segment, oldestSequence, replaces, state: 'unsaved', isMerging: false });
  }

  /** The segments to merge next, or null. While a merge is under way, ask no more. */
  nextMerge(): readonly SegmentSlot[] | null {
    if (this.#nextMerge === undefined) this.#nextMerge = this.#chooseMerge();
    return this.#nextMerge;
  }

  /** As nextMerge(), and the merge has begun: `replace` ends it. */
  takeMerge(): readonly SegmentSlot[] | null {
    const slots = this.nextMerge();
    for (const slot of slots ?? []) slot.isMerging = true;
    return slots;
  }

  /** A document was removed: a merge may have become due. */
  touch(): void {
    this.#nextMerge = undefined;
  }

  /** The change to make durable next, the oldest documents first; null: there is none that is not under way. */
  takeUnsaved(): UnsavedChange | null {
    const [oldest] = this.#slots
      .filter(({ state, isMerging }) => state === 'unsaved' && !isMerging)
      .sort((a, b) => a.oldestSequence - b.oldestSequence || a.id - b.id);
    if (oldest === undefined) return this.#takeObsolete();
    oldest.state = 'saving';
    this.touch();
    const { id, segment, replaces } = oldest;
    return { id, segment, replaces };
  }

  saved(change: UnsavedChange): void {
    const slot = this.#slots.find(({ id }) => id === change.id);
    if (slot === undefined) return; // it came to nothing, and so did its rows
    slot.state = 'saved';
    slot.replaces = [];
    slot.oldestSequence = Number.POSITIVE_INFINITY;
    this.touch();
  }

  notSaved(change: UnsavedChange): void {
    const slot = this.#slots.find(({ id }) => id === change.id);
    if (slot !== undefined) slot.state = 'unsaved';
    else this.#obsoleteRows = [...this.#obsoleteRows, ...change.replaces];
    this.touch();
  }

  #put(slot: SegmentSlot): void {
    this.#slots = [...this.#slots, slot];
    this.touch();
  }

  #takeObsolete(): UnsavedChange | null {
    if (this.#obsoleteRows.length === 0) return null;
    const replaces = this.#obsoleteRows;
    this.#obsoleteRows = [];
    return { id: ++this.#lastId, segment: null, replaces };
  }

  /** One that is being written stays until it is written. */
  #chooseMerge(): readonly SegmentSlot[] | null {
    const idle = this.#slots.filter(({ state }) => state !== 'saving');
    const candidates = idle.map(({ segment }) => ({
      documents: segment.documents - segment.removed,
      removed: segment.removed,
      postings: segment.postings,
    }));
    return chooseMerge(candidates, this.#limits)?.map((place) => idle[place] as SegmentSlot) ?? null;
  }
}
