// A document at the end of the line: everything the shard writes, and how a list of them is packed for the way there.

import type { Document, DocumentKey } from '../model/document.ts';
import type { CommitBatch, CommitItem } from '../stages/index/index-messages.ts';

export interface PreparedDocument extends DocumentKey {
  readonly item: CommitItem;
  /** One vector of unit length a chunk; empty when only attributes changed. */
  readonly vectors: readonly Float32Array[];
}

/** Joins what the client sent with what the stages made of it. `content` and `vectors` stay empty for attributes only. */
export function prepare(
  document: Document,
  hashes: { readonly contentHash: string; readonly attributesHash: string },
  made: {
    readonly content: NonNullable<CommitItem['content']>;
    readonly vectors: readonly Float32Array[];
  } | null,
): PreparedDocument {
  const { id, collection, title, body, mediaType, attributes, updateTimeMs } = document;
  const { contentHash, attributesHash } = hashes;
  const item = {
    id,
    collection,
    title,
    body,
    mediaType,
    attributes,
    updateTimeMs,
    contentHash,
    attributesHash,
    content: made?.content ?? null,
  };
  return { id, collection, item, vectors: made?.vectors ?? [] };
}

/** Packs the vectors of all documents into one array, in order. The documents stay usable for another delivery. */
export function toCommitBatch(
  documents: readonly PreparedDocument[],
  space: { readonly generation: string; readonly dimensions: number },
): CommitBatch {
  return {
    generation: space.generation,
    items: documents.map(({ item }) => item),
    vectors: packed(
      documents.flatMap(({ vectors }) => vectors),
      space.dimensions,
    ),
  };
}

/**
 * The rows in memory that threads share, so that the shard is sent a reference and no copy. Rows that lie there one
 * behind the other, as the vectors of a client's message do, stay where they are.
 */
function packed(rows: readonly Float32Array[], dimensions: number): Float32Array {
  const [first] = rows;
  if (first === undefined) return new Float32Array(0);
  const values = rows.length * dimensions;
  const { buffer, byteOffset } = first;
  const isPacked = rows.every(
    (row, i) =>
      row.buffer === buffer && row.byteOffset === byteOffset + i * dimensions * row.BYTES_PER_ELEMENT,
  );
  if (isPacked && buffer instanceof SharedArrayBuffer) return new Float32Array(buffer, byteOffset, values);
  const copy = new Float32Array(new SharedArrayBuffer(values * Float32Array.BYTES_PER_ELEMENT));
  for (const [i, row] of rows.entries()) copy.set(row, i * dimensions);
  return copy;
}
