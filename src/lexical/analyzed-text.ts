// What analysis makes of a text: the terms that the lexical index knows it by.

/**
 * A document's distinct terms and how often each stands in its two fields. Terms hold no line break. Plain data that may
 * cross threads; `counts` may be a view of memory that threads share, never of a larger buffer, which would be copied whole.
 */
export interface AnalyzedText {
  /** The distinct terms, joined by line breaks: one string crosses to another thread faster than hundreds. Empty: none. */
  readonly terms: string;
  /** [title count, body count] a term, in the order of `terms`; counts above 65,535 stay there. */
  readonly counts: Uint16Array;
  /** Tokens of the fields, parts of identifiers not counted. */
  readonly titleLength: number;
  readonly bodyLength: number;
}

/** One term of a query. */
export interface QueryToken {
  readonly term: string;
  /** `identifier`: an error code, version, path or name, taken whole. `part`: a piece of one. */
  readonly kind: 'word' | 'identifier' | 'part';
  /** How often it stands in the query. */
  readonly count: number;
  /** As it was written, for display and for spelling correction. */
  readonly surface: string;
}

export interface AnalyzedQuery {
  /** Distinct terms in order of first occurrence; stop words are left out unless there is nothing else. */
  readonly tokens: readonly QueryToken[];
  /** Words of the text, stop words included, identifiers once. */
  readonly wordCount: number;
}

/** A piece of a text between which others stand: for highlighting. `analyze-text.ts` gives them by `tokensIn(text)`. */
export interface TextToken {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** The terms it is known by: a word's stem; an identifier whole, then its parts. Empty for a stop word. */
  readonly terms: readonly string[];
}
