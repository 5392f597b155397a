// What an index is made of, and the background work on it: the memtable that takes new documents, full ones that wait
// to become segments, and segments that are merged. One job is under way at a time, in units of work.

import { assert } from '../base/assert.ts';
import { Memtable, type NewDocument } from './memtable.ts';
import type { MergeLimits } from './merge-policy.ts';
import { type PostingSource, sourceDocumentsMax } from './posting-source.ts';
import type { Segment } from './segment.ts';
import { mergeSources } from './segment-merge.ts';
import { SegmentSet, type SegmentSlot } from './segment-set.ts';
import { sortTerms } from './sorted-terms.ts';
import { WorkUnit } from './work-unit.ts';

export interface MemtableLimits {
  readonly documentsMax: number;
  readonly postingsMax: number;
}

// Four tiers of four: 4,000, 16,000 and 64,000 documents of about 100 distinct terms.
export const memtableDefaults: MemtableLimits = { documentsMax: 4_000, postingsMax: 400_000 };
export const mergeDefaults: MergeLimits = {
  factor: 4,
  documentsMax: sourceDocumentsMax,
  // 36 MB of postings: a merge of the largest segments is a second's work in small steps.
  postingsMax: 12_000_000,
  // A twentieth of a memtable: what a stop or a snapshot leaves is merged whatever its size.
  postingsFloor: 20_000,
  removedShareMax: 0.25,
};

/**
 * Full memtables that wait while documents come in faster than background steps: from then on an addition does steps
 * itself, until no more wait.
 */
const waitingMax = 1;
/**
 * Of the added document, to a step: to seal takes about one for 600 postings, so that the line gets shorter whatever
 * merge is under way, and an addition takes a few times as long.
 */
const postingsPerStep = 200;

interface Job {
  readonly work: Generator<void, Segment | null>;
  /** What the result takes the place of. */
  readonly merged: readonly SegmentSlot[] | Memtable;
  /** Removed since the job began: to be removed from its result. */
  readonly removed: number[];
}

export class IndexParts {
  readonly segments: SegmentSet;
  readonly unit = new WorkUnit();
  readonly #memtableLimits: MemtableLimits;
  #active = new Memtable();
  /** Oldest first. */
  #waiting: readonly Memtable[] = [];
  #sources: readonly PostingSource[] = [this.#active];
  #job: Job | null = null;

  constructor(memtableLimits: MemtableLimits, mergeLimits: MergeLimits) {
    assert(
      memtableLimits.documentsMax <= memtableDefaults.documentsMax,
      'a memtable is put in order in one step',
    );
    this.#memtableLimits = memtableLimits;
    this.segments = new SegmentSet(mergeLimits);
  }

  /**
   * All of them, in an array that never changes. Large ones first: they fill the top of a search soonest, and then most
   * of the rest can be passed over.
   */
  get sources(): readonly PostingSource[] {
    return this.#sources;
  }

  get hasWork(): boolean {
    return this.#job !== null || this.#waiting.length > 0 || this.segments.nextMerge() !== null;
  }

  get isSealing(): boolean {
    return this.#waiting.length > 0;
  }

  get oldestUnsaved(): number {
    const memtables = [this.#active, ...this.#waiting].map(({ oldestSequence }) => oldestSequence);
    return Math.min(this.segments.oldestUnsaved, ...memtables);
  }

  add(document: NewDocument): void {
    const before = this.#active.postings;
    this.#active.add(document);
    let stepsOwed = Math.max(1, Math.ceil((this.#active.postings - before) / postingsPerStep));
    const { documentsMax, postingsMax } = this.#memtableLimits;
    if (this.#active.documents >= documentsMax || this.#active.postings >= postingsMax) this.seal();
    for (; stepsOwed > 0 && this.#waiting.length > waitingMax; stepsOwed--) this.step();
  }

  remove(label: number): void {
    if (!this.#sources.some((source) => source.remove(label))) return;
    this.#job?.removed.push(label);
    this.segments.touch();
  }

  adopt(id: number, segment: Segment): void {
    this.segments.adopt(id, segment);
    this.#arrange();
  }

  /** The memtable takes no more documents; `step` makes a segment of it. */
  seal(): void {
    if (this.#active.documents === 0) return;
    this.#waiting = [...this.#waiting, this.#active];
    this.#active = new Memtable();
    this.#arrange();
  }

  /** Returns whether there is more to do. */
  step(): boolean {
    this.#job ??= this.#nextJob();
    if (this.#job === null) return false;
    this.unit.begin();
    const { done, value } = this.#job.work.next();
    if (done === true) this.#finish(this.#job, value);
    return this.hasWork;
  }

  #nextJob(): Job | null {
    const [memtable] = this.#waiting;
    if (memtable !== undefined) {
      return { work: sealed(memtable, this.unit), merged: memtable, removed: [] };
    }
    const slots = this.segments.takeMerge();
    if (slots === null) return null;
    const inputs = slots
      .map(({ segment }) => ({ source: segment, terms: segment }))
      .sort((a, b) => firstLabel(a.source) - firstLabel(b.source));
    return { work: mergeSources(inputs, this.unit), merged: slots, removed: [] };
  }

  #finish({ merged, removed }: Job, segment: Segment | null): void {
    this.#job = null;
    for (const label of removed) segment?.remove(label);
    if (merged instanceof Memtable) {
      this.#waiting = this.#waiting.filter((memtable) => memtable !== merged);
      if (segment !== null) this.segments.put(segment, merged.oldestSequence);
    } else {
      this.segments.replace(merged, segment);
    }
    this.#arrange();
  }

  #arrange(): void {
    const segments = this.segments.slots.map(({ segment }) => segment);
    segments.sort((a, b) => b.documents - a.documents);
    this.#sources = [...segments, ...this.#waiting, this.#active];
  }
}

function* sealed(memtable: Memtable, unit: WorkUnit): Generator<void, Segment | null> {
  const terms = yield* sortTerms(memtable, unit);
  return yield* mergeSources([{ source: memtable, terms }], unit);
}

/** A segment has a document at least. */
function firstLabel({ columns }: Segment): number {
  return columns.labels[0] as number;
}
