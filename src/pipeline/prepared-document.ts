// A document at the end of the line: everything the shard writes, and how a list of them is packed for the way there.

import type { Document } from '../model/document.ts';
import type { CommitBatch, CommitItem } from '../stages/index/index-messages.ts';

export interface PreparedDocument extends CommitItem {
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
  const content = made?.content ?? null;
  const vectors = made?.vectors ?? [];
  return {
    id,
    collection,
    title,
    body,
    mediaType,
    attributes,
    updateTimeMs,
    contentHash,
    attributesHash,
    content,
    vectors,
  };
}

/** Packs the vectors of all documents into one array, in order. The documents stay usable for another delivery. */
export function toCommitBatch(
  documents: readonly PreparedDocument[],
  space: { readonly generation: string; readonly dimensions: number },
): CommitBatch {
  const rowCount = documents.reduce((sum, document) => sum + document.vectors.length, 0);
  const packed = new Float32Array(rowCount * space.dimensions);
  let row = 0;
  const items: CommitItem[] = [];
  for (const { vectors, ...item } of documents) {
    for (const vector of vectors) packed.set(vector, row++ * space.dimensions);
    items.push(item);
  }
  return { generation: space.generation, items, vectors: packed };
}
