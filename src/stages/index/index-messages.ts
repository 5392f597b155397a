// What goes into and comes out of an index actor: one shard of the collections.

import type { Task } from '../../actor/actor.ts';
import type { Fault } from '../../base/errors.ts';
import type { Attributes, DocumentKey, MediaType, StoredDocument } from '../../model/document.ts';

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

export interface ShardQuery {
  /** Shape [queryCount × dimensions], unit length. */
  readonly vectors: Float32Array;
  readonly queryCount: number;
  /** Empty: all. A collection this shard has never seen gives no hits. */
  readonly collections: readonly string[];
  readonly limit: number;
  readonly ef: number | null;
  readonly isExact: boolean;
  /** Left out of the hits: a document is not similar to itself. */
  readonly exclude: DocumentKey | null;
  /** Fill ShardHit.document and .snippet: one hop less when there is one shard. */
  readonly withDocuments: boolean;
  readonly withVectors: boolean;
  readonly omitBody: boolean;
}

export interface ShardHit extends DocumentKey {
  readonly cosine: number;
  /** The chunk that matched best. */
  readonly chunk: number;
  readonly document: StoredDocument | null;
  readonly snippet: string;
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
  /** One list of hits a query, best first. Rejects with `invalid_argument` when the documents would fit in no answer. */
  search: Task<ShardQuery, { readonly hits: readonly (readonly ShardHit[])[] }>;
  /** Index-aligned; null where there is no such document. `chunk` picks the snippet. Rejects as `search` does. */
  fetch: Task<
    {
      readonly keys: readonly (DocumentKey & { readonly chunk?: number })[];
      readonly withVectors: boolean;
      readonly omitBody: boolean;
    },
    {
      readonly documents: readonly ({ readonly document: StoredDocument; readonly snippet: string } | null)[];
    }
  >;
  /** Documents of one collection in order of id, after `afterId` (null: from the start). */
  list: Task<
    {
      readonly collection: string;
      readonly afterId: string | null;
      readonly limit: number;
      readonly omitBody: boolean;
    },
    { readonly documents: readonly StoredDocument[] }
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
  /** All changes up to here are searchable. */
  readonly commitSequence: number;
  /** All changes up to here are in the newest verified snapshot; 0: none. */
  readonly snapshotSequence: number;
}
