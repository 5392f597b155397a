// A term's counts in the two fields of a document, in one byte: two bits for the title, six for the body. The few
// documents that hold a term more often have an entry in a list beside the postings, so nothing is rounded.

import { weighFields } from './bm25.ts';

/** Stands for counts that do not fit: they are in the overflow list. */
export const overflowCode = 255;

const bodyBits = 6;
const bodyMax = (1 << bodyBits) - 1;
const titleMax = 3;

/** In [1, 255] for counts that are not both 0. */
export function codeOf(title: number, body: number): number {
  if (title > titleMax || body > bodyMax) return overflowCode;
  return (title << bodyBits) | body;
}

/** The weighted count (bm25.ts) of each code but the last. */
export const countOfCode = Float64Array.from({ length: 256 }, (_, code) =>
  weighFields({ title: code >> bodyBits, body: code & bodyMax }),
);

/** Both counts in one number; each is at most 65,535. */
export function packCounts(title: number, body: number): number {
  return title * 65_536 + body;
}

export function countOfPacked(packed: number): number {
  return weighFields({ title: Math.floor(packed / 65_536), body: packed % 65_536 });
}

/** Where a posting's overflow entry is found: term and ordinal as one sortable number. */
export function overflowKey(term: number, ordinal: number): number {
  return term * 65_536 + ordinal;
}
