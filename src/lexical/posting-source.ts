// What a search and a merge need of a set of documents, be it the memtable or a segment: the postings of each term as
// ranges of two parallel arrays, ascending by ordinal. An ordinal is a document's place in its source; a source holds
// fewer than 65,536 documents, so it fits 16 bits and a posting takes three bytes that need no decoding.

/** What is known of each document, by ordinal. */
export interface DocumentColumns {
  /** First labels. */
  readonly labels: Uint32Array;
  readonly labelCounts: Uint32Array;
  readonly titleLengths: Uint32Array;
  readonly bodyLengths: Uint32Array;
  /** Distinct terms. */
  readonly termCounts: Uint32Array;
}

/** Largest number of documents of a source; ordinal 65,535 stands for a removed document in a merge. */
export const sourceDocumentsMax = 65_535;

export interface PostingSource {
  /** Removed ones included. */
  readonly documents: number;
  readonly removed: number;
  readonly titleTokens: number;
  readonly bodyTokens: number;
  readonly postings: number;
  readonly terms: number;
  readonly bytes: number;
  readonly columns: DocumentColumns;
  /** Fields' lengths by bm25.ts, a document. */
  readonly weightedLengths: Float64Array;
  readonly ordinals: Uint16Array;
  /** posting-code.ts. */
  readonly codes: Uint8Array;
  /** The term's number, or -1. */
  find(term: string): number;
  /** The term's postings are from here … */
  start(term: number): number;
  /** … to before here. */
  end(term: number): number;
  /** The largest weighted count of a posting of the term, or a little more. */
  maxCount(term: number): number;
  /** The largest weighted count divided by weighted length, or a little more; may be Infinity. */
  maxDensity(term: number): number;
  /** The packed counts of a posting whose code is `overflowCode`. */
  overflow(term: number, ordinal: number): number;
  isRemoved(ordinal: number): boolean;
  /** Of a live document, by its first label; -1: not here. */
  ordinalOf(label: number): number;
  /** Returns false when there is no such live document. */
  remove(label: number): boolean;
  /** Terms that begin with this UTF-16 unit; shorter or longer ones may be among them. */
  termsBeginningWith(unit: number, lengths: { readonly min: number; readonly max: number }): TermRange;
}

/** Some terms of a source, for spelling.ts. */
export interface TermRange {
  readonly units: Uint16Array;
  /** The term at place p is the units from [p] to before [p + 1]. */
  readonly offsets: Uint32Array;
  /** Whether the terms are in the order of their units. */
  readonly isSorted: boolean;
  /** Units in common with the term at the place before, a place; 0 where they are in no order. */
  readonly sharedUnits: Uint8Array;
  /** Places from here … */
  readonly from: number;
  /** … to before here. */
  readonly to: number;
  /** Documents that hold the term at a place, removed ones included. */
  documentFrequencyAt(place: number): number;
}
