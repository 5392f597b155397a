// The arrays of a segment while it is made, term by term in their order.

import { type ArrayType, unfilled } from './growing.ts';
import { countOfCode, countOfPacked, overflowCode, overflowKey } from './posting-code.ts';
import type { DocumentColumns } from './posting-source.ts';
import type { SegmentArrays } from './segment.ts';
import type { SortedTerms } from './sorted-terms.ts';
import type { WorkUnit } from './work-unit.ts';

/** Bounds are kept in 32 bits: this much more than any rounding takes away. */
export const boundSlack = 1 + 1e-6;

type TypedArray = Uint8Array | Uint16Array | Uint32Array | Float32Array;

export class SegmentBuilder {
  readonly #columns: DocumentColumns;
  readonly #weightedLengths: Float64Array;
  readonly #termUnits: Uint16Array;
  readonly #termOffsets: Uint32Array;
  readonly #sharedUnits: Uint8Array;
  readonly #postingOffsets: Uint32Array;
  readonly #maxCounts: Float32Array;
  readonly #maxDensities: Float32Array;
  readonly #ordinals: Uint16Array;
  readonly #codes: Uint8Array;
  readonly #overflowKeys: number[] = [];
  readonly #overflowCounts: number[] = [];
  #terms = 0;
  #postings = 0;
  #maxCount = 0;
  #maxDensity = 0;

  /** `terms`, `units`: at most so many; `postings`: exactly. */
  constructor(
    documents: { readonly columns: DocumentColumns; readonly weightedLengths: Float64Array },
    sizes: { readonly terms: number; readonly units: number; readonly postings: number },
  ) {
    this.#columns = documents.columns;
    this.#weightedLengths = documents.weightedLengths;
    this.#termUnits = unfilled(Uint16Array, sizes.units);
    this.#termOffsets = unfilled(Uint32Array, sizes.terms + 1);
    this.#sharedUnits = unfilled(Uint8Array, sizes.terms);
    this.#postingOffsets = unfilled(Uint32Array, sizes.terms + 1);
    this.#maxCounts = unfilled(Float32Array, sizes.terms);
    this.#maxDensities = unfilled(Float32Array, sizes.terms);
    this.#ordinals = unfilled(Uint16Array, sizes.postings);
    this.#codes = unfilled(Uint8Array, sizes.postings);
    this.#termOffsets[0] = 0;
    this.#postingOffsets[0] = 0;
  }

  /**
   * The next posting of the current term, ascending by ordinal. `packed`: its counts when the code has no room for
   * them.
   */
  push(ordinal: number, code: number, packed: number): void {
    const at = this.#postings++;
    this.#ordinals[at] = ordinal;
    this.#codes[at] = code;
    let count = countOfCode[code] as number;
    if (code === overflowCode) {
      count = countOfPacked(packed);
      this.#overflowKeys.push(overflowKey(this.#terms, ordinal));
      this.#overflowCounts.push(packed);
    }
    if (count > this.#maxCount) this.#maxCount = count;
    const density = count / (this.#weightedLengths[ordinal] as number);
    if (density > this.#maxDensity) this.#maxDensity = density;
  }

  /** Ends the current term, which is the one at this place. A term without postings is left out. */
  endTerm({ units, offsets }: SortedTerms, place: number): void {
    const number = this.#terms;
    if (this.#postings === this.#postingOffsets[number]) return;
    const from = offsets[place] as number;
    const length = (offsets[place + 1] as number) - from;
    const at = this.#termOffsets[number] as number;
    const before = number === 0 ? at : (this.#termOffsets[number - 1] as number);
    const sharedMax = Math.min(255, length, at - before);
    let shared = 0;
    while (shared < sharedMax && this.#termUnits[before + shared] === units[from + shared]) shared++;
    for (let i = 0; i < length; i++) this.#termUnits[at + i] = units[from + i] as number;
    this.#sharedUnits[number] = shared;
    this.#maxCounts[number] = this.#maxCount * boundSlack;
    this.#maxDensities[number] = this.#maxDensity * boundSlack;
    this.#maxCount = 0;
    this.#maxDensity = 0;
    this.#terms = number + 1;
    this.#termOffsets[number + 1] = at + length;
    this.#postingOffsets[number + 1] = this.#postings;
  }

  /** Yields between units of work. */
  *finish(unit: WorkUnit): Generator<void, SegmentArrays> {
    const terms = this.#terms;
    return {
      ...this.#columns,
      termUnits: yield* cut(this.#termUnits, this.#termOffsets[terms] as number, unit),
      termOffsets: yield* cut(this.#termOffsets, terms + 1, unit),
      sharedUnits: yield* cut(this.#sharedUnits, terms, unit),
      postingOffsets: yield* cut(this.#postingOffsets, terms + 1, unit),
      maxCounts: yield* cut(this.#maxCounts, terms, unit),
      maxDensities: yield* cut(this.#maxDensities, terms, unit),
      ordinals: yield* cut(this.#ordinals, this.#postings, unit),
      codes: yield* cut(this.#codes, this.#postings, unit),
      overflowKeys: Float64Array.from(this.#overflowKeys),
      overflowCounts: Float64Array.from(this.#overflowCounts),
    };
  }
}

/** A copy of the array's beginning, so that the room it did not need is freed. */
function* cut<A extends TypedArray>(array: A, length: number, unit: WorkUnit): Generator<void, A> {
  if (length === array.length) return array;
  const copy = unfilled(array.constructor as ArrayType<A>, length);
  // Copying in one go is many times faster than one posting at a time.
  const elementsPerPiece = 65_536;
  const operationsPerPiece = elementsPerPiece / 16;
  for (let at = 0; at < length; at += elementsPerPiece) {
    if (!unit.hasRoomFor(operationsPerPiece)) yield;
    unit.spend(operationsPerPiece);
    copy.set(array.subarray(at, Math.min(at + elementsPerPiece, length)), at);
  }
  return copy;
}
