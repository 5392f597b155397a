// What goes into and comes out of an index actor: one shard of the collections.

import type { Task } from '../../actor/actor.ts';
import type { Fault } from '../../base/errors.ts';
import type { AnalyzedText } from '../../lexical/analyzed-text.ts';
import type { LexicalQuery, TermStatistics } from '../../lexical/lexical-query.ts';
import type { Attributes, DocumentKey, MediaType, StoredDocument } from '../../model/document.ts';
import type { Facet, FacetRequest, Filter } from '../../model/filter.ts';
import type { FilterPlan, Highlight } from '../../model/query.ts';
import type { ScoredHit } from '../../ranking/listed-hits.ts';
import type { FlatPages, PageQuery } from './page-messages.ts';

export interface CompareItem extends DocumentKey {
  readonly contentHash: string;
  readonly attributesHash: string;
}

/** How a document stands to the stored one of the same key. */
export type Verdict =
  | { readonly type: 'changed' }
  | { readonly type: 'attributes_changed' }
  | { readonly type: 'unchanged'; readonly commitSequence: number };

/** One document ready to be written. */
export interface CommitItem extends DocumentKey {
  readonly title: string;
  readonly body: string;
  readonly mediaType: MediaType;
  readonly attributes: Attributes;
  readonly updateTimeMs: number | null;
  readonly contentHash: string;
  readonly attributesHash: string;
  /** Null when only attributes changed: the stored content and vectors stay. */
  readonly content: {
    /** Cleaned text, and the spans of its chunks as [start, end, start, end, …]. */
    readonly text: string;
    readonly spans: readonly number[];
    /** UTF-16 units of the title at the start of `text`. */
    readonly titleLength: number;
    readonly lexical: AnalyzedText;
  } | null;
}

export interface CommitBatch {
  readonly generation: string;
  readonly items: readonly CommitItem[];
  /** The chunk vectors of all items with content, in order, shape [sum of chunks × dimensions], unit length. */
  readonly vectors: Float32Array;
}

/** Sent only when the write is on disk (fsynced) and searchable. */
export type CommitReceipt =
  | { readonly type: 'written'; readonly commitSequence: number }
  /** The same content and attributes were there already (a redelivery, or another stream). */
  | { readonly type: 'identical'; readonly commitSequence: number }
  /** An attributes-only change met another content than the one compared with: compare again. */
  | { readonly type: 'stale' }
  | { readonly type: 'failed'; readonly fault: Fault };

/** What every hit must pass. */
export interface Constraint {
  readonly filter: Filter | null;
  /** Each must stand in the document, letter case and blanks aside. `terms`: what analysis makes of it. */
  readonly phrases: readonly { readonly text: string; readonly terms: readonly string[] }[];
  /** None of these terms may stand in it. */
  readonly excludedTerms: readonly string[];
  readonly excludedPhrases: readonly { readonly text: string; readonly terms: readonly string[] }[];
}

/** What puts a document on top whatever its scores. */
export interface PinQuery {
  /** The document with such an id. At most 16. */
  readonly ids: readonly string[];
  /** Documents that hold such a term, when they are few. At most 16. */
  readonly identifiers: readonly string[];
}

/** One row of a search: a vector, words, or both. */
export interface RowQuery {
  readonly lexical: LexicalQuery | null;
  readonly pins: PinQuery | null;
}

export interface ShardQuery {
  /** Shape [queryCount × dimensions], unit length; empty when only words are looked for. */
  readonly vectors: Float32Array;
  readonly queryCount: number;
  /** Index-aligned with the queries; empty: none of them has words. */
  readonly rows: readonly RowQuery[];
  /** Empty: all. A collection this shard has never seen gives no hits. */
  readonly collections: readonly string[];
  /** Hits of each list: so many by vector, so many by words. */
  readonly limit: number;
  readonly ef: number | null;
  readonly isExact: boolean;
  /** Left out of the hits: a document is not similar to itself. At most 64. */
  readonly exclude: readonly DocumentKey[];
  readonly constraint: Constraint | null;
  readonly facets: readonly FacetRequest[];
  /** Of the documents of a page. */
  readonly withVectors: boolean;
  readonly omitBody: boolean;
  /**
   * Fuse the lists of each query here and answer with its page instead of its hits. Right only where this shard's lists
   * are the whole lists (there is one shard), each query is one row, and nothing reorders what is fused.
   */
  readonly page?: PageQuery | null;
}

export interface ShardHit extends ScoredHit {
  /** The chunk that matched best. */
  readonly chunk: number;
}

export interface ShardAnswer {
  /** One list a query: the union of its two lists and the pinned ones; by vector alone best first, otherwise in no order. */
  readonly hits: readonly (readonly ShardHit[])[];
  /** Where `ShardQuery.page` was asked for: then `hits` is empty. To be read with `readPages` of flat-pages.ts. */
  readonly pages?: FlatPages | null;
  readonly filterPlan: FilterPlan;
  /** Documents that pass the constraint, exactly or about; null without one. */
  readonly passing: number | null;
  readonly facets: readonly Facet[];
}

/** Asked before a search by words; cheap, and done while the query is embedded. */
export interface TermQuestion {
  readonly collections: readonly string[];
  readonly terms: readonly string[];
  /** Terms (of `terms`) to suggest others for when no document of the shard holds them. */
  readonly misspelt: readonly string[];
  /** Whether any document of the collections has such an attribute. */
  readonly fields: readonly string[];
}

export interface TermAnswer {
  readonly statistics: TermStatistics;
  /** Index-aligned with `misspelt`: near terms that documents hold, best first. */
  readonly suggestions: readonly (readonly {
    readonly term: string;
    readonly documentFrequency: number;
    /** Edits away. */
    readonly distance: number;
  }[])[];
  /** Index-aligned with `fields`. */
  readonly fieldsExist: readonly boolean[];
}

/** A document as it is shown. */
export interface ShownDocument {
  readonly document: StoredDocument;
  readonly snippet: string;
  readonly highlights: readonly Highlight[];
  /** Which of the asked terms it holds. */
  readonly matchedTerms: readonly string[];
  /** Only with `withChunk`: the chunk's text, cut to what a cross-encoder reads, and its vector (null: it has none). */
  readonly chunk?: { readonly text: string; readonly vector: Float32Array | null };
}

export interface IndexTasks {
  /** Index-aligned. */
  compare: Task<{ readonly items: readonly CompareItem[] }, { readonly verdicts: readonly Verdict[] }>;
  /** Index-aligned. The sender keeps its copy of the batch and may send it again: doing it twice changes nothing. */
  commit: Task<CommitBatch, { readonly receipts: readonly CommitReceipt[] }>;
  /** Index-aligned: the delete's commit sequence, or null where there was no such document. */
  delete: Task<
    { readonly keys: readonly DocumentKey[] },
    { readonly commitSequences: readonly (number | null)[] }
  >;
  /**
   * One list of hits a query, best first. Rejects with `invalid_argument` when the documents would fit in no answer, or
   * too many would have to be read to see whether a phrase stands in them.
   */
  search: Task<ShardQuery, ShardAnswer>;
  /** Never fails for a collection or term that it does not know: those are in no document. */
  describeTerms: Task<TermQuestion, TermAnswer>;
  /**
   * Index-aligned; null where there is no such document. `chunk` picks the snippet, `terms` (of the index) what is
   * highlighted in it. Rejects as `search` does.
   */
  fetch: Task<
    {
      readonly keys: readonly (DocumentKey & { readonly chunk?: number })[];
      readonly withVectors: boolean;
      readonly omitBody: boolean;
      readonly terms: readonly string[];
      /** Fill ShownDocument.chunk. Default: false. */
      readonly withChunk?: boolean;
    },
    {
      readonly documents: readonly (ShownDocument | null)[];
    }
  >;
  /** Documents of one collection in order of id, after `afterId` (null: from the start). */
  list: Task<
    {
      readonly collection: string;
      readonly afterId: string | null;
      readonly limit: number;
      readonly omitBody: boolean;
      readonly filter: Filter | null;
    },
    {
      readonly documents: readonly StoredDocument[];
      /** All ids up to here were looked at, and the next page starts behind; null: there is no more. With a filter a page may hold fewer than `limit`. */
      readonly lastId: string | null;
    }
  >;
  /** What the shard holds, a row a collection. */
  collections: Task<Record<string, never>, { readonly collections: readonly CollectionState[] }>;
  /** Writes a verified snapshot of each collection and truncates the log behind it. */
  snapshot: Task<Record<string, never>, { readonly commitSequence: number }>;
}

export interface CollectionState {
  readonly collection: string;
  readonly generation: string;
  readonly documents: number;
  /** Live vectors: graph and tail. */
  readonly vectors: number;
  readonly graphVectors: number;
  readonly tailVectors: number;
  readonly tombstones: number;
  /** Memory of its graph and tail, about. */
  readonly indexBytes: number;
  /** Not in memory now: the next search of it loads it first. */
  readonly isCold: boolean;
  /** All changes up to here are searchable. */
  readonly commitSequence: number;
  /** All changes up to here are in the newest verified snapshot; 0: none. */
  readonly snapshotSequence: number;
}
