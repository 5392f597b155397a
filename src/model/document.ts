// What a document is, from the moment its input checks passed. All of it is plain data that may cross threads.

import type { Fault } from '../base/errors.ts';

export const mediaTypes = ['text/plain', 'text/markdown', 'text/html', 'message/rfc822'] as const;
export type MediaType = (typeof mediaTypes)[number];

export interface TimeValue {
  /** Milliseconds since 1970 (UTC). */
  readonly timeMs: number;
}

/** A typed attribute. Numbers are finite. */
export type AttributeValue = string | number | boolean | TimeValue | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What names a document: ids are unique within their collection. */
export interface DocumentKey {
  readonly collection: string;
  readonly id: string;
}

/** A document as a client sent it. */
export interface Document extends DocumentKey {
  readonly title: string;
  readonly body: string;
  readonly mediaType: MediaType;
  readonly attributes: Attributes;
  /** The source's own update time, milliseconds since 1970 (UTC). */
  readonly updateTimeMs: number | null;
  /** The client's own vector, shape [dimensions], finite, of unit length; maybe a view of memory that threads share, so nobody writes to it. */
  readonly embedding: Float32Array | null;
}

/** A document as it stands in the store. */
export interface StoredDocument extends Omit<Document, 'embedding'> {
  readonly contentHash: string;
  /** The engine-wide number of the commit that wrote this version. */
  readonly commitSequence: number;
  /** When this version was committed, milliseconds since 1970 (UTC). */
  readonly commitTimeMs: number;
  /** The vector space that its vectors live in. */
  readonly generation: string;
  readonly chunkCount: number;
  /** One row a chunk, shape [chunkCount × dimensions]; only when asked for. */
  readonly vectors: Float32Array | null;
}

/** What became of one document of an ingest request. */
export type IngestResult =
  | { readonly outcome: 'indexed'; readonly id: string; readonly commitSequence: number }
  | { readonly outcome: 'unchanged'; readonly id: string; readonly commitSequence: number }
  | { readonly outcome: 'rejected'; readonly id: string; readonly fault: Fault };
