// A search that ends in its shard: what it is asked beyond the lists, and the page that it answers with. With one shard,
// its lists are the whole lists; it can fuse them and read the documents of the page itself, which saves the flow a
// second ask, and both threads the hundred candidates that no page shows.

import type { StoredDocument } from '../../model/document.ts';
import type { FusionChoice, Highlight } from '../../model/query.ts';
import type { QueryEvidence } from '../../ranking/candidate.ts';

/** The same for all queries of a task. */
export interface PageQuery {
  readonly offset: number;
  /** Documents shown; ShardQuery.limit is the depth of the lists. */
  readonly limit: number;
  readonly evidence: QueryEvidence;
  readonly fusion: FusionChoice;
  /** Terms of the index to be marked in the snippets. */
  readonly terms: readonly string[];
}

/** What one query found: done, but for how the query wrote the terms. */
export interface ShardPage {
  /** Pinned ones first, then by score. */
  readonly hits: readonly PageHit[];
  /** Null where there are not two lists. */
  readonly semanticWeight: number | null;
  /** Documents in each list. */
  readonly semanticCandidates: number;
  readonly lexicalCandidates: number;
}

export interface PageHit {
  readonly document: StoredDocument;
  readonly snippet: string;
  readonly highlights: readonly Highlight[];
  /** Which of the asked terms it holds. */
  readonly matchedTerms: readonly string[];
  /** The chunk that matched best. */
  readonly chunk: number;
  /** Null without a query vector. */
  readonly cosine: number | null;
  /** Null without a lexical query. */
  readonly lexicalScore: number | null;
  readonly coverage: number;
  /** Positions in the two lists, from 1; null: not in that list. */
  readonly semanticRank: number | null;
  readonly lexicalRank: number | null;
  readonly score: number;
  readonly confidence: number;
  readonly isPinned: boolean;
  /** Position after fusing and pinning, from 1. */
  readonly fusedRank: number;
}

/** Pages as they cross threads; flat-pages.ts writes and reads them. */
export interface FlatPages {
  /** All texts behind each other. */
  readonly text: string;
  /** Ids, which are kept longer than the answer, and names that come again. */
  readonly strings: readonly string[];
  readonly numbers: Float64Array;
  /** Of the documents in order, where they were asked for. */
  readonly vectors: readonly Float32Array[];
}
