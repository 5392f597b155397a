// What a search asks and what it gets. Plain data that may cross threads.

import type { DocumentKey, StoredDocument } from './document.ts';
import type { Facet, FacetRequest, Filter } from './filter.ts';

export const searchModes = ['semantic', 'lexical', 'hybrid'] as const;
export type SearchMode = (typeof searchModes)[number];

/** An example of what is wanted, or not: a stored document, or a vector of unit length. */
export type Example =
  | { readonly type: 'document'; readonly key: DocumentKey }
  | { readonly type: 'vector'; readonly vector: Float32Array };

/** What to look for: a text that is cleaned and embedded, a vector of unit length, a stored document's own vectors, or examples. */
export type SearchTarget =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'vector'; readonly vector: Float32Array }
  | { readonly type: 'document'; readonly key: DocumentKey }
  /** Near the positive ones and away from the negative ones (Rocchio 1971). At least one is positive. */
  | {
      readonly type: 'examples';
      readonly positive: readonly Example[];
      readonly negative: readonly Example[];
    };

/** How the lists of mode hybrid become one; see ranking/fuse.ts. */
export type FusionChoice =
  /** The default: the lexical side weighs as much as the evidence says. */
  | { readonly type: 'adaptive' }
  /** `semanticWeight` × normalised cosine + (1 - semanticWeight) × normalised BM25. Bruch et al. 2022. */
  | { readonly type: 'convex'; readonly semanticWeight: number }
  /** Sum of weight / (k + rank). Cormack et al. 2009. */
  | {
      readonly type: 'rrf';
      readonly k: number;
      readonly semanticWeight: number;
      readonly lexicalWeight: number;
    };

/**
 * Whether `"a phrase"`, `-word` and `field:value` in the text are operators. `auto`: in a text of one line and at most
 * 200 characters, as people type it; a pasted ticket is never read so.
 */
export type QuerySyntax = 'auto' | 'operators' | 'plain';

export interface SearchQuery {
  readonly target: SearchTarget;
  /** Empty: all collections. */
  readonly collections: readonly string[];
  readonly limit: number;
  /** Hits to leave out at the top: the page before. `offset + limit` is at most `limits.searchLimitMax`. */
  readonly offset: number;
  /** The width of the graph search; null: the default. More finds more and takes longer. */
  readonly ef: number | null;
  /** Scan every vector instead of the graph: exact, and linear in the number of vectors. */
  readonly isExact: boolean;
  /** Only a text can be looked for other than semantically. */
  readonly mode: SearchMode;
  readonly fusion: FusionChoice;
  readonly syntax: QuerySyntax;
  /** Looked for as well, at a low weight: what the dictionary of synonyms holds. */
  readonly withSynonyms: boolean;
  /** Words that no document holds are replaced by near ones. */
  readonly withSpelling: boolean;
  readonly filter: Filter | null;
  readonly facets: readonly FacetRequest[];
  /** Maximal marginal relevance (Carbonell & Goldstein 1998): 1 orders by relevance alone, 0 by difference alone; null: off. */
  readonly diversity: { readonly lambda: number } | null;
  /** Hits whose best chunks are at least so similar become one; null: off. */
  readonly collapse: { readonly similarityMin: number } | null;
  /** Newer documents gain: the score is multiplied by 1 - weight + weight × 2^(-age / halfLife); null: off. */
  readonly recency: { readonly halfLifeMs: number; readonly weight: number } | null;
  /** Documents that pass the filter have their score multiplied by `factor`, 0.1 to 10. */
  readonly boosts: readonly { readonly filter: Filter; readonly factor: number }[];
  /** Reorders the first hits by the cross-encoder, if there is one, within the time; null: off. */
  readonly rerank: { readonly budgetMs: number } | null;
  /** Read your own writes: wait until this commit is searchable. 0: no wait. */
  readonly commitSequenceMin: number;
  readonly withVectors: boolean;
  /** Leave `body` empty: what is not shown is not carried along either. */
  readonly omitBody: boolean;
  /** Fill SearchHit.explanation and SearchAnswer.explanation. */
  readonly withExplanation: boolean;
}

/** UTF-16 offsets into the snippet. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

/** Where a hit stood after each stage; ranks from 1, null: not in that list. */
export interface HitExplanation {
  readonly semanticRank: number | null;
  readonly lexicalRank: number | null;
  /** After fusion, and pinning; before reranking and all that follows. */
  readonly fusedRank: number;
  readonly rerankedRank: number | null;
  /** The cross-encoder's probability, in [0, 1]. */
  readonly rerankScore: number | null;
  /** The share of the query's information that the document's terms hold, in [0, 1]. */
  readonly coverage: number;
  /** Product of recency and boosts. */
  readonly prior: number;
}

export interface SearchHit {
  readonly document: StoredDocument;
  /** Cosine similarity of the query and the best chunk, in [-1, 1]; 0 in mode lexical. */
  readonly cosine: number;
  /** BM25, not below 0; 0 in mode semantic. */
  readonly lexicalScore: number;
  /** What the hits are ordered by, before pinning, reranking, diversity and collapse; equals `cosine` in mode semantic. */
  readonly score: number;
  /** Estimated probability that the document is what was looked for, in [0, 1]. */
  readonly confidence: number;
  /** The query names the document's id, or an identifier that stands in it: put on top. */
  readonly isPinned: boolean;
  /** Words of the query that the document holds, as the query wrote them. */
  readonly matchedTerms: readonly string[];
  /** The text of the chunk that matched best, shortened for display. */
  readonly snippet: string;
  readonly highlights: readonly Highlight[];
  /** Documents that were collapsed into this one. */
  readonly duplicates: readonly DocumentKey[];
  readonly explanation: HitExplanation | null;
}

/** Where the time of one search went, milliseconds. */
export interface SearchTimings {
  readonly embedMs: number;
  /** Asking the shards. */
  readonly searchMs: number;
  readonly rankMs: number;
  readonly rerankMs: number;
  /** Reading the documents of the hits. */
  readonly fetchMs: number;
  readonly totalMs: number;
}

/**
 * How the filter was applied. `none`: there is none. `scan`: few documents pass, and all of them were compared. `graph`:
 * the graph was searched for passing ones. `fallback`: the graph gave too few, and all passing ones were compared.
 */
export type FilterPlan = 'none' | 'scan' | 'graph' | 'fallback';

/** `none`: not asked for. `done`. `over_budget`: the time ran out, the fused order stands. `unavailable`: no model, or it failed. */
export type RerankOutcome = 'none' | 'done' | 'over_budget' | 'unavailable';

/** How the text was understood. */
export interface QueryUnderstanding {
  /** What was embedded; empty in mode lexical. */
  readonly text: string;
  readonly terms: readonly {
    /** As the index knows it. */
    readonly term: string;
    /** As the query wrote it, or the dictionary. */
    readonly surface: string;
    readonly kind: 'word' | 'identifier' | 'part' | 'synonym' | 'correction';
    readonly weight: number;
    readonly documentFrequency: number;
  }[];
  readonly phrases: readonly string[];
  readonly excluded: readonly string[];
  /** `field:value` of the text, joined with the request's own filter. */
  readonly filter: Filter | null;
  /** What was written, and what was looked for in its place. */
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
}

export interface SearchExplanation {
  readonly understanding: QueryUnderstanding;
  /** What one step of the fused score was weighed with, in [0, 1]; null outside of mode hybrid. */
  readonly semanticWeight: number | null;
  /** Documents that pass the filter, an estimate where the graph was searched; null without one. */
  readonly filteredDocuments: number | null;
  /** Documents each list gave. */
  readonly semanticCandidates: number;
  readonly lexicalCandidates: number;
}

export interface SearchAnswer {
  /** Names this search for RecordFeedback. */
  readonly searchId: string;
  readonly hits: readonly SearchHit[];
  readonly timings: SearchTimings;
  readonly facets: readonly Facet[];
  readonly filterPlan: FilterPlan;
  readonly rerank: RerankOutcome;
  /** The text with its corrections, when there are any; empty: none. */
  readonly correctedText: string;
  readonly explanation: SearchExplanation | null;
}

/** A search by meaning alone with nothing asked for beside: what a caller spreads its own fields over. */
export const plainSearch: Omit<SearchQuery, 'target' | 'collections' | 'limit'> = {
  offset: 0,
  ef: null,
  isExact: false,
  mode: 'semantic',
  fusion: { type: 'adaptive' },
  syntax: 'plain',
  withSynonyms: false,
  withSpelling: false,
  filter: null,
  facets: [],
  diversity: null,
  collapse: null,
  recency: null,
  boosts: [],
  rerank: null,
  commitSequenceMin: 0,
  withVectors: false,
  omitBody: false,
  withExplanation: false,
};
