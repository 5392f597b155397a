// Makes one segment of several, or of a memtable, without the removed documents, and gives way between units of work.
// Documents are put in the order of their labels, whatever order they came in.

import { type MergeNumbering, numberDocuments, removedOrdinal } from './merge-numbering.ts';
import { overflowCode } from './posting-code.ts';
import type { PostingSource } from './posting-source.ts';
import { Segment } from './segment.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { comparePlaces, type SortedTerms } from './sorted-terms.ts';
import type { WorkUnit } from './work-unit.ts';

export interface MergeInput {
  readonly source: PostingSource;
  readonly terms: SortedTerms;
}

/** Postings that are copied, or sorted, without looking up. */
const postingsPerPiece = 2_048;
/** Sorting numbers costs about this many copied postings each. */
const operationsPerSorted = 4;

/**
 * Null: no document is left. Nothing may be added to the inputs meanwhile; what is removed meanwhile may be in the
 * result and has to be removed from it again.
 */
export function* mergeSources(
  inputs: readonly MergeInput[],
  unit: WorkUnit,
): Generator<void, Segment | null> {
  const sources = inputs.map(({ source }) => source);
  const numbering = yield* numberDocuments(sources, unit);
  if (numbering.documents === 0) return null;
  const merge = new SegmentMerge(inputs, numbering, unit);
  return new Segment(yield* merge.run());
}

class SegmentMerge {
  readonly #inputs: readonly MergeInput[];
  readonly #numbering: MergeNumbering;
  readonly #unit: WorkUnit;
  readonly #builder: SegmentBuilder;
  /** The place of each input's next term. */
  readonly #heads: Uint32Array;
  /** The inputs that hold the term in turn. */
  readonly #holders: number[] = [];
  /** Of #sort: new ordinal and code in one number. */
  readonly #keys = new Uint32Array(postingsPerPiece);
  /** Of #scatter, by new ordinal: code + 1; 0: not held. */
  #codes = new Uint16Array(0);
  /** By new ordinal, of the term in turn: counts that do not fit their codes. */
  readonly #overflow = new Map<number, number>();

  constructor(inputs: readonly MergeInput[], numbering: MergeNumbering, unit: WorkUnit) {
    this.#inputs = inputs;
    this.#numbering = numbering;
    this.#unit = unit;
    this.#heads = new Uint32Array(inputs.length);
    const terms = inputs.reduce((sum, { terms: { offsets } }) => sum + offsets.length - 1, 0);
    const units = inputs.reduce((sum, input) => sum + input.terms.units.length, 0);
    this.#builder = new SegmentBuilder(numbering, { terms, units, postings: numbering.postings });
  }

  *run() {
    const operationsPerTerm = 4 * this.#inputs.length + 8;
    for (;;) {
      if (!this.#unit.hasRoomFor(operationsPerTerm)) yield;
      this.#unit.spend(operationsPerTerm);
      const [first] = this.#findHolders();
      if (first === undefined) break;
      let postings = 0;
      for (const holder of this.#holders) {
        const { start, end } = this.#range(holder);
        postings += end - start;
      }
      const { isConcatenation } = this.#numbering;
      if (postings <= postingsPerPiece) {
        // Here and not in a generator of its own: most terms have a few postings, which cost less than that.
        const operations = isConcatenation ? postings : postings * operationsPerSorted;
        if (!this.#unit.hasRoomFor(operations)) yield;
        this.#unit.spend(operations);
        if (isConcatenation) this.#copyAll();
        else this.#sort();
      } else if (isConcatenation) yield* this.#concatenate();
      else yield* this.#scatter();
      this.#builder.endTerm((this.#inputs[first] as MergeInput).terms, this.#heads[first] as number);
      for (const holder of this.#holders) this.#heads[holder] = (this.#heads[holder] as number) + 1;
    }
    return yield* this.#builder.finish(this.#unit);
  }

  /** The inputs whose next term is the least of all. */
  #findHolders(): readonly number[] {
    const holders = this.#holders;
    holders.length = 0;
    for (let i = 0; i < this.#inputs.length; i++) {
      const { terms } = this.#inputs[i] as MergeInput;
      const place = this.#heads[i] as number;
      if (place >= terms.offsets.length - 1) continue;
      const [first] = holders;
      const order =
        first === undefined
          ? 0
          : comparePlaces(
              terms,
              place,
              (this.#inputs[first] as MergeInput).terms,
              this.#heads[first] as number,
            );
      if (order < 0) holders.length = 0;
      if (order <= 0) holders.push(i);
    }
    return holders;
  }

  #range(holder: number): PostingRange {
    const { source, terms } = this.#inputs[holder] as MergeInput;
    const term = terms.termAt(this.#heads[holder] as number);
    return {
      source,
      term,
      newOrdinals: this.#numbering.newOrdinals[holder] as Uint16Array,
      start: source.start(term),
      end: source.end(term),
    };
  }

  #copyAll(): void {
    for (const holder of this.#holders) {
      const range = this.#range(holder);
      this.#copy(range, range.start, range.end);
    }
  }

  /** The same in pieces. */
  *#concatenate(): Generator<void, void> {
    for (const holder of this.#holders) {
      const range = this.#range(holder);
      for (let at = range.start; at < range.end; at += postingsPerPiece) {
        const end = Math.min(at + postingsPerPiece, range.end);
        yield* this.#room(end - at);
        this.#copy(range, at, end);
      }
    }
  }

  #copy({ source, term, newOrdinals }: PostingRange, start: number, end: number): void {
    const { ordinals, codes } = source;
    for (let at = start; at < end; at++) {
      const oldOrdinal = ordinals[at] as number;
      const ordinal = newOrdinals[oldOrdinal] as number;
      if (ordinal === removedOrdinal) continue;
      const code = codes[at] as number;
      this.#builder.push(ordinal, code, code === overflowCode ? source.overflow(term, oldOrdinal) : 0);
    }
  }

  /** Puts the postings of all holders in order, when they are few. */
  #sort(): void {
    let count = 0;
    for (const holder of this.#holders) {
      const range = this.#range(holder);
      this.#visit(range, range.start, range.end, (ordinal, code) => {
        this.#keys[count++] = ordinal * 256 + code;
      });
    }
    const keys = this.#keys.subarray(0, count);
    if (count > 1) keys.sort();
    for (const key of keys) this.#push(key >>> 8, key & 255);
    this.#overflow.clear();
  }

  /** The same when they are many: each at its ordinal's place, then all places in turn. */
  *#scatter(): Generator<void, void> {
    const { documents } = this.#numbering;
    if (this.#codes.length === 0) this.#codes = new Uint16Array(documents);
    const codes = this.#codes;
    for (const holder of this.#holders) {
      const range = this.#range(holder);
      for (let at = range.start; at < range.end; at += postingsPerPiece) {
        const end = Math.min(at + postingsPerPiece, range.end);
        yield* this.#room(end - at);
        this.#visit(range, at, end, (ordinal, code) => {
          codes[ordinal] = code + 1;
        });
      }
    }
    for (let start = 0; start < documents; start += postingsPerPiece) {
      yield* this.#room(postingsPerPiece);
      const end = Math.min(start + postingsPerPiece, documents);
      for (let ordinal = start; ordinal < end; ordinal++) {
        const code = codes[ordinal] as number;
        if (code === 0) continue;
        codes[ordinal] = 0;
        this.#push(ordinal, code - 1);
      }
    }
    this.#overflow.clear();
  }

  /** Live postings in the order of the source, by their new ordinals. */
  #visit(range: PostingRange, start: number, end: number, visit: (ordinal: number, code: number) => void) {
    const { source, term, newOrdinals } = range;
    for (let at = start; at < end; at++) {
      const oldOrdinal = source.ordinals[at] as number;
      const ordinal = newOrdinals[oldOrdinal] as number;
      if (ordinal === removedOrdinal) continue;
      const code = source.codes[at] as number;
      if (code === overflowCode) this.#overflow.set(ordinal, source.overflow(term, oldOrdinal));
      visit(ordinal, code);
    }
  }

  #push(ordinal: number, code: number): void {
    this.#builder.push(ordinal, code, code === overflowCode ? (this.#overflow.get(ordinal) ?? 0) : 0);
  }

  *#room(operations: number): Generator<void, void> {
    if (!this.#unit.hasRoomFor(operations)) yield;
    this.#unit.spend(operations);
  }
}

/** Where an input has the postings of the term in turn. */
interface PostingRange {
  readonly source: PostingSource;
  readonly term: number;
  readonly newOrdinals: Uint16Array;
  readonly start: number;
  readonly end: number;
}
