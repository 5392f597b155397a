// What the evaluation reads from a folder and judges the engine by. Three kinds, told apart by their files, never by
// their names: a set that nobody has seen before is read by the same rules.

import type { JudgedPair } from '../../native-bench/stsb-score.ts';

/** Queries, documents, and which document is relevant to which query: the BEIR layout. */
export interface RetrievalSet {
  readonly type: 'retrieval';
  readonly name: string;
  readonly documents: readonly CorpusDocument[];
  /** Those with at least one relevant document, as trec_eval counts. */
  readonly queries: readonly JudgedQuery[];
  /** Each query stands in the corpus under its own id and is no hit of itself. */
  readonly excludesSelf: boolean;
  /** What the reader of the figures must know: judged queries without a text, documents without one. */
  readonly notes: readonly string[];
}

export interface CorpusDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export interface JudgedQuery {
  readonly id: string;
  readonly text: string;
  /** Document id to gain; only gains above 0. */
  readonly gains: ReadonlyMap<string, number>;
}

/** Short texts of which each has one of a few labels, split into training and test. */
export interface LabelledSet {
  readonly type: 'labelled';
  readonly name: string;
  readonly train: readonly LabelledText[];
  readonly test: readonly LabelledText[];
}

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/** Pairs of sentences and how similar people found them. */
export interface PairSet {
  readonly type: 'pairs';
  readonly name: string;
  readonly pairs: readonly JudgedPair[];
}

export type JudgedSet = RetrievalSet | LabelledSet | PairSet;
