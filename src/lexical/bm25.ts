// How well a document answers a term: BM25 (Robertson & Zaragoza 2009) over two fields whose counts are weighted and
// added before they saturate (the simple BM25F of Robertson, Zaragoza & Taylor 2004). The usual factor k1 + 1 is left out,
// as Lucene does: it changes no order, and without it a term's score stays below its idf, so that a document's score can
// be compared with the information of the whole query.

import type { TermStatistics } from './lexical-query.ts';

/** Fitted over the judged sets; see docs/decisions/026-fusion-by-evidence.md. */
export const bm25 = {
  /** Occurrences of a term until half of its idf is reached, in a document of average length. */
  k1: 2,
  /** How much of a document's length counts against it, 0 to 1. */
  b: 0.7,
  /** What one word of the title counts as words of the body. */
  titleWeight: 3,
} as const;

/** A title and a body count, or length. */
export interface FieldNumbers {
  readonly title: number;
  readonly body: number;
}

/** What one term tells about a document that holds it: ln(1 + (N - n + 0.5) / (n + 0.5)), above 0. */
export function idfOf(documents: number, documentFrequency: number): number {
  // Shards count at different moments: a term may seem to stand in more documents than there are.
  const holding = Math.min(documentFrequency, documents);
  return Math.log(1 + (documents - holding + 0.5) / (holding + 0.5));
}

/** Counts or lengths of the fields as one: in words of the body. */
export function weighFields({ title, body }: FieldNumbers): number {
  return bm25.titleWeight * title + body;
}

/** The mean of `weighFields` over the documents; at least 1. */
export function averageLength(statistics: Omit<TermStatistics, 'documentFrequencies'>): number {
  const { documents, titleTokens: title, bodyTokens: body } = statistics;
  return documents === 0 ? 1 : Math.max(1, weighFields({ title, body }) / documents);
}

/** The weighted count at which a term of a document of this length reaches half of its idf. */
export function halfSaturation(weightedLength: number, averageWeightedLength: number): number {
  return bm25.k1 * (1 - bm25.b + (bm25.b * weightedLength) / averageWeightedLength);
}

/** A term's part of a document's score: in [0, weight × idf). */
export function termScore(weightedIdf: number, weightedCount: number, half: number): number {
  return (weightedIdf * weightedCount) / (weightedCount + half);
}
