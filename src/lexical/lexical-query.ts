// What the lexical index is asked, and what it answers. Plain data that may cross threads. Statistics travel with the
// query, so that all shards score alike and a score never depends on which segment holds a document.

/** Collection statistics that a BM25 score rests on; summed over shards, collections and segments. */
export interface TermStatistics {
  /** Documents counted, deleted ones that no merge has removed yet included. */
  readonly documents: number;
  /** Tokens in the titles and bodies of these documents. */
  readonly titleTokens: number;
  readonly bodyTokens: number;
  /** Documents that hold each term; index-aligned with the terms asked for. */
  readonly documentFrequencies: readonly number[];
}

/** One scored term; several make an OR. */
export interface ScoredTerm {
  readonly term: string;
  /** Multiplies the term's score: 1 for a word of the query, less for a synonym or a part of an identifier. Above 0. */
  readonly weight: number;
  /** Documents that hold it, over all shards. At least 1. */
  readonly documentFrequency: number;
  /** Terms of the same group stand for one piece of the query (a word and its synonyms); coverage counts a group once. */
  readonly group: number;
}

export interface LexicalQuery {
  /** At most 256. */
  readonly terms: readonly ScoredTerm[];
  readonly statistics: Omit<TermStatistics, 'documentFrequencies'>;
}

/** What one document is to a query. */
export interface LexicalScore {
  /** BM25 over the weighted fields, not below 0; 0: none of the terms. */
  readonly score: number;
  /** The share of the query's information (sum of idf over its groups) that the document holds, in [0, 1]. */
  readonly coverage: number;
}

export interface LexicalHit extends LexicalScore {
  /** The document's first label. */
  readonly label: number;
}
