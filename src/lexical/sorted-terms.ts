// Terms as one array of UTF-16 units in ascending order: what two sources are merged by. A segment has its terms so;
// those of a memtable are sorted first, a little at a time.

import type { Memtable } from './memtable.ts';
import type { TermTable } from './term-table.ts';
import type { WorkUnit } from './work-unit.ts';

/** Terms one after the other: the one at place p is the units from offsets[p] to before offsets[p + 1]. */
export interface TermUnits {
  readonly units: Uint16Array;
  readonly offsets: Uint32Array;
}

export interface SortedTerms extends TermUnits {
  /** The number that the source knows the term at this place by. */
  termAt(place: number): number;
}

/** Comparing two terms, or copying one, costs about as much as so many copied postings. */
const operationsPerTerm = 4;
const termsPerPiece = 512;
const keyUnits = 3;

/** Below 0: the term at `place` comes before `term`; 0: it is `term`. */
export function compareTerm({ units, offsets }: TermUnits, place: number, term: string): number {
  const start = offsets[place] as number;
  const length = (offsets[place + 1] as number) - start;
  const shared = Math.min(length, term.length);
  for (let i = 0; i < shared; i++) {
    const difference = (units[start + i] as number) - term.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return length - term.length;
}

/** The same between two places of two sources. */
export function comparePlaces(a: TermUnits, placeA: number, b: TermUnits, placeB: number): number {
  const startA = a.offsets[placeA] as number;
  const startB = b.offsets[placeB] as number;
  const lengthA = (a.offsets[placeA + 1] as number) - startA;
  const lengthB = (b.offsets[placeB + 1] as number) - startB;
  const shared = Math.min(lengthA, lengthB);
  for (let i = 0; i < shared; i++) {
    const difference = (a.units[startA + i] as number) - (b.units[startB + i] as number);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/** Sorts the terms of a memtable that nothing is added to any more; yields between units of work. */
export function* sortTerms({ termTable }: Memtable, unit: WorkUnit): Generator<void, SortedTerms> {
  const { units, offsets, count } = termTable;
  const order = yield* sortedOrder(termTable, unit);
  const sortedUnits = new Uint16Array(offsets[count] as number);
  const sortedOffsets = new Uint32Array(count + 1);
  let at = 0;
  for (let place = 0; place < count; place++) {
    if (place % termsPerPiece === 0) {
      if (!unit.hasRoomFor(termsPerPiece * operationsPerTerm)) yield;
      unit.spend(termsPerPiece * operationsPerTerm);
    }
    const term = order[place] as number;
    const end = offsets[term + 1] as number;
    for (let i = offsets[term] as number; i < end; i++) sortedUnits[at++] = units[i] as number;
    sortedOffsets[place + 1] = at;
  }
  return { units: sortedUnits, offsets: sortedOffsets, termAt: (place) => order[place] as number };
}

/** Merge sort from the bottom up: runs of two, four, eight … */
function* sortedOrder(table: TermTable, unit: WorkUnit): Generator<void, Uint32Array> {
  const { count } = table;
  let from = new Uint32Array(count);
  let to = new Uint32Array(count);
  const keys = yield* sortKeys(table, unit);
  for (let term = 0; term < count; term++) from[term] = term;
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let [left, right, at] = [start, middle, start];
      while (at < end) {
        const piece = Math.min(termsPerPiece, end - at);
        if (!unit.hasRoomFor(piece * operationsPerTerm)) yield;
        unit.spend(piece * operationsPerTerm);
        for (const pieceEnd = at + piece; at < pieceEnd; at++) {
          const isLeft =
            right >= end ||
            (left < middle && compareTerms(table, keys, from[left] as number, from[right] as number) < 0);
          to[at] = from[isLeft ? left++ : right++] as number;
        }
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The first three units of each term as one number: most comparisons need no more. */
function* sortKeys({ units, offsets, count }: TermTable, unit: WorkUnit): Generator<void, Float64Array> {
  const keys = new Float64Array(count);
  for (let term = 0; term < count; term++) {
    if (term % termsPerPiece === 0) {
      if (!unit.hasRoomFor(termsPerPiece * operationsPerTerm)) yield;
      unit.spend(termsPerPiece * operationsPerTerm);
    }
    const start = offsets[term] as number;
    const end = offsets[term + 1] as number;
    let key = 0;
    for (let i = start; i < start + keyUnits; i++) key = key * 65_536 + (i < end ? (units[i] as number) : 0);
    keys[term] = key;
  }
  return keys;
}

function compareTerms(table: TermTable, keys: Float64Array, a: number, b: number): number {
  const difference = (keys[a] as number) - (keys[b] as number);
  return difference === 0 ? comparePlaces(table, a, table, b) : difference;
}
