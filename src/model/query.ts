// What a search asks and what it gets. Plain data that may cross threads.

import type { DocumentKey, StoredDocument } from './document.ts';

export type SearchMode = 'semantic';

/** What to look for: a text that is cleaned and embedded, a vector of unit length, or a stored document's own vectors. */
export type SearchTarget =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'vector'; readonly vector: Float32Array }
  | { readonly type: 'document'; readonly key: DocumentKey };

export interface SearchQuery {
  readonly target: SearchTarget;
  /** Empty: all collections. */
  readonly collections: readonly string[];
  readonly limit: number;
  /** The width of the graph search; null: the default. More finds more and takes longer. */
  readonly ef: number | null;
  /** Scan every vector instead of the graph: exact, and linear in the number of vectors. */
  readonly isExact: boolean;
  readonly mode: SearchMode;
  /** Read your own writes: wait until this commit is searchable. 0: no wait. */
  readonly commitSequenceMin: number;
  readonly withVectors: boolean;
  /** Leave `body` empty: what is not shown is not carried along either. */
  readonly omitBody: boolean;
}

export interface SearchHit {
  readonly document: StoredDocument;
  /** Cosine similarity of the query and the best chunk, in [-1, 1]. */
  readonly cosine: number;
  /** What the hits are ordered by; equals `cosine` in mode semantic. */
  readonly score: number;
  /** The text of the chunk that matched best, shortened for display. */
  readonly snippet: string;
}

/** Where the time of one search went, milliseconds. */
export interface SearchTimings {
  readonly embedMs: number;
  readonly searchMs: number;
  readonly totalMs: number;
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  readonly timings: SearchTimings;
}
