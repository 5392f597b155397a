// An immutable part of the index: typed arrays that a file holds as they are, so that loading one is reading it. Only
// which of its documents are removed changes; that is told again at every start and never written.

import { weighFields } from './bm25.ts';
import { OrdinalSet } from './ordinal-set.ts';
import { overflowKey } from './posting-code.ts';
import type { DocumentColumns, PostingSource, TermRange } from './posting-source.ts';
import { compareTerm, type SortedTerms } from './sorted-terms.ts';

/** What a segment is made of. Documents are in the order of their labels, terms in the order of their UTF-16 units. */
export interface SegmentArrays extends DocumentColumns {
  readonly termUnits: Uint16Array;
  /** Term t is the units from [t] to before [t + 1]. */
  readonly termOffsets: Uint32Array;
  /** How many units a term has in common with the one before it, at most 255: what spelling.ts skips by. */
  readonly sharedUnits: Uint8Array;
  /** The postings of term t are those from [t] to before [t + 1]. */
  readonly postingOffsets: Uint32Array;
  /** posting-source.ts, a term; rounded up. */
  readonly maxCounts: Float32Array;
  readonly maxDensities: Float32Array;
  readonly ordinals: Uint16Array;
  readonly codes: Uint8Array;
  /** Ascending; posting-code.ts. */
  readonly overflowKeys: Float64Array;
  readonly overflowCounts: Float64Array;
}

export class Segment implements PostingSource, SortedTerms {
  readonly arrays: SegmentArrays;
  readonly documents: number;
  readonly titleTokens: number;
  readonly bodyTokens: number;
  readonly columns: DocumentColumns;
  readonly weightedLengths: Float64Array;
  readonly ordinals: Uint16Array;
  readonly codes: Uint8Array;
  readonly units: Uint16Array;
  readonly offsets: Uint32Array;
  readonly #removed: OrdinalSet;

  constructor(arrays: SegmentArrays) {
    this.arrays = arrays;
    this.columns = arrays;
    this.documents = arrays.labels.length;
    this.ordinals = arrays.ordinals;
    this.codes = arrays.codes;
    this.units = arrays.termUnits;
    this.offsets = arrays.termOffsets;
    this.#removed = new OrdinalSet(this.documents);
    this.weightedLengths = new Float64Array(this.documents);
    let [titleTokens, bodyTokens] = [0, 0];
    for (let ordinal = 0; ordinal < this.documents; ordinal++) {
      const title = arrays.titleLengths[ordinal] as number;
      const body = arrays.bodyLengths[ordinal] as number;
      titleTokens += title;
      bodyTokens += body;
      this.weightedLengths[ordinal] = weighFields({ title, body });
    }
    this.titleTokens = titleTokens;
    this.bodyTokens = bodyTokens;
  }

  get removed(): number {
    return this.#removed.size;
  }

  get postings(): number {
    return this.ordinals.length;
  }

  get terms(): number {
    return this.offsets.length - 1;
  }

  get bytes(): number {
    const arrays = Object.values(this.arrays) as ArrayBufferView[];
    const own = this.weightedLengths.byteLength + this.#removed.bytes;
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, own);
  }

  find(term: string): number {
    const place = this.#placeOf(term);
    return place < this.terms && compareTerm(this, place, term) === 0 ? place : -1;
  }

  termsBeginningWith(unit: number): TermRange {
    return {
      units: this.units,
      offsets: this.offsets,
      isSorted: true,
      sharedUnits: this.arrays.sharedUnits,
      from: this.#placeOf(String.fromCharCode(unit)),
      to: this.#placeOf(String.fromCharCode(unit + 1)),
      documentFrequencyAt: (place) => this.end(place) - this.start(place),
    };
  }

  /** Terms are numbered in their order. */
  termAt(place: number): number {
    return place;
  }

  start(term: number): number {
    return this.arrays.postingOffsets[term] as number;
  }

  end(term: number): number {
    return this.arrays.postingOffsets[term + 1] as number;
  }

  maxCount(term: number): number {
    return this.arrays.maxCounts[term] as number;
  }

  maxDensity(term: number): number {
    return this.arrays.maxDensities[term] as number;
  }

  overflow(term: number, ordinal: number): number {
    const { overflowKeys, overflowCounts } = this.arrays;
    const place = placeIn(overflowKeys, overflowKey(term, ordinal));
    return place < 0 ? 0 : (overflowCounts[place] as number);
  }

  isRemoved(ordinal: number): boolean {
    return this.#removed.has(ordinal);
  }

  ordinalOf(label: number): number {
    const ordinal = placeIn(this.columns.labels, label);
    return ordinal >= 0 && this.#removed.has(ordinal) ? -1 : ordinal;
  }

  remove(label: number): boolean {
    const ordinal = this.ordinalOf(label);
    if (ordinal < 0) return false;
    this.#removed.add(ordinal);
    return true;
  }

  /** The first term that does not come before `term`. */
  #placeOf(term: string): number {
    let [low, high] = [0, this.terms];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareTerm(this, middle, term) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** In ascending values; -1: not there. */
function placeIn(ascending: Uint32Array | Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}
