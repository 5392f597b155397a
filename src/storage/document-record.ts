// How documents, labels and log entries look on disk, and how their keys are made. Changing any of it means raising
// formatVersion.

import type {
  Attributes,
  AttributeValue,
  DocumentKey,
  MediaType,
  StoredDocument,
} from '../model/document.ts';

/** Labels of one document's chunks follow each other: `first`, `first + 1`, … */
export interface LabelRange {
  readonly first: number;
  readonly count: number;
}

export const noLabels: LabelRange = { first: 0, count: 0 };

export interface DocumentRecord {
  readonly title: string;
  readonly body: string;
  readonly mediaType: MediaType;
  /** As pairs: an object would lose a name like `__proto__`. */
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  readonly updateTimeMs: number | null;
  readonly contentHash: string;
  readonly attributesHash: string;
  /** The cleaned text, and its chunks' spans as [start, end, start, end, …]. */
  readonly text: string;
  readonly spans: readonly number[];
  /** UTF-16 units of the cleaned title at the start of `text`; see `titleLengthOf` for rows without. */
  readonly titleLength?: number;
  readonly labels: LabelRange;
  readonly generation: string;
  readonly commitSequence: number;
  readonly commitTimeMs: number;
}

/** What a label belongs to: [id, chunk]. The collection is in the key. */
export type LabelRow = readonly [id: string, chunk: number];

/** One change. An upsert that changed attributes only adds and removes nothing. */
export interface LogRow {
  readonly type: 'upsert' | 'delete';
  /** The shard's own number of the collection. */
  readonly collection: number;
  readonly id: string;
  readonly added: LabelRange;
  readonly removed: LabelRange;
}

/** The shard's part of a collection. */
export interface CollectionRow {
  /** Small, given in order of first use, never reused. */
  readonly number: number;
  readonly name: string;
  readonly generation: string;
  readonly documents: number;
  readonly vectors: number;
}

/**
 * Collection and id with a zero between, at most 64 + 1 + 512 bytes: documents sort by collection, then by the UTF-8
 * bytes of the id. Names of collections hold no zero.
 */
export function documentKey(key: DocumentKey): Buffer {
  return Buffer.from(`${key.collection}\0${key.id}`, 'utf8');
}

/** The keys of all documents of a collection lie between these two. */
export function documentKeyRange(collection: string): { readonly start: Buffer; readonly end: Buffer } {
  return {
    start: Buffer.from(`${collection}\0`, 'utf8'),
    end: Buffer.from(`${collection}\u0001`, 'utf8'),
  };
}

/** Eight bytes, big-endian: a collection's labels lie together and in order. */
export function labelKey(collection: number, label: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(collection, 0);
  key.writeUInt32BE(label, 4);
  return key;
}

/** Eight bytes, big-endian: a collection's segments lie together, in the order in which they were made. */
export function segmentKey(collection: number, id: number): Buffer {
  return labelKey(collection, id);
}

export function labelOfKey(key: Uint8Array): number {
  return (((key[4] ?? 0) << 24) | ((key[5] ?? 0) << 16) | ((key[6] ?? 0) << 8) | (key[7] ?? 0)) >>> 0;
}

/** UTF-16 units of the cleaned title at the start of the record's text. */
export function titleLengthOf({ title, text, titleLength }: DocumentRecord): number {
  if (titleLength !== undefined) return titleLength;
  // A row from before the lexical index. A cleaned title is one line, and the first one where there is a title.
  if (title.trim() === '') return 0;
  const lineEnd = text.indexOf('\n');
  return lineEnd < 0 ? text.length : lineEnd;
}

export function attributePairs(attributes: Attributes): DocumentRecord['attributes'] {
  return Object.entries(attributes);
}

export function toStoredDocument(
  key: DocumentKey,
  record: DocumentRecord,
  vectors: Float32Array | null,
): StoredDocument {
  return {
    collection: key.collection,
    id: key.id,
    title: record.title,
    body: record.body,
    mediaType: record.mediaType,
    attributes: Object.fromEntries(record.attributes),
    updateTimeMs: record.updateTimeMs,
    contentHash: record.contentHash,
    commitSequence: record.commitSequence,
    commitTimeMs: record.commitTimeMs,
    generation: record.generation,
    chunkCount: record.labels.count,
    vectors,
  };
}
