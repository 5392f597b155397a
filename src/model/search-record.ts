// What is remembered of searches, and what people say became of them.

import type { DocumentKey } from './document.ts';
import type { SearchMode } from './query.ts';

/** A search that was answered. Of its text there is a keyed hash; the text itself only where the settings say so. */
export interface SearchRecord {
  /** Sorts by time. */
  readonly id: string;
  readonly timeMs: number;
  readonly mode: SearchMode;
  /** Equal for equal cleaned texts within one data folder; empty for a search by vector or document. */
  readonly textHash: string;
  /** Empty unless texts are kept. */
  readonly text: string;
  /** Of the cleaned text, UTF-16 units. */
  readonly characters: number;
  /** Words of the cleaned text, between blanks. */
  readonly words: number;
  readonly hitCount: number;
  /** The first hits, best first: at most `recordedHitsMax`. */
  readonly hits: readonly DocumentKey[];
  readonly offset: number;
  readonly isFiltered: boolean;
  readonly totalMs: number;
  readonly embedMs: number;
  readonly searchMs: number;
}

/** Feedback is about hits that somebody saw; few look further. */
export const recordedHitsMax = 20;

export const feedbackKinds = ['clicked', 'solved', 'not_relevant'] as const;
export type FeedbackKind = (typeof feedbackKinds)[number];

export interface Feedback {
  readonly searchId: string;
  readonly document: DocumentKey;
  readonly kind: FeedbackKind;
  /** The hit's rank, from 1; 0: further down than what is recorded. */
  readonly rank: number;
  readonly timeMs: number;
}

export interface SearchReport {
  readonly searches: number;
  readonly zeroResults: number;
  /** Searches with feedback `clicked` or `solved`. */
  readonly withClicks: number;
  readonly slow: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Mean over the searches with feedback of 1 / rank of the first hit that was opened, 0 where none was. */
  readonly clickReciprocalRank: number;
  readonly searchesByMode: Readonly<Record<SearchMode, number>>;
  /** Slowest first. */
  readonly slowest: readonly SearchRecord[];
  /** Most frequent first. */
  readonly zeroResultQueries: readonly ZeroResultQuery[];
  /** Null: none is kept. */
  readonly keptSinceMs: number | null;
  readonly dropped: number;
}

export interface ZeroResultQuery {
  readonly text: string;
  readonly textHash: string;
  readonly searches: number;
  readonly lastTimeMs: number;
}

/** What a document is worth for a query, as in test collections: 0 not relevant, 1 opened, 2 solved the case. */
export interface Judgement {
  readonly queryId: string;
  readonly text: string;
  readonly document: DocumentKey;
  readonly relevance: 0 | 1 | 2;
}
