// The checks of a batch before its transaction. Whatever gets past here must not make the transaction fail: one bad
// document would take its neighbours along.

import { type Fault, KmsError, toFault } from '../../base/errors.ts';
import type { Attributes } from '../../model/document.ts';
import { collectionNamePattern, limits } from '../../model/limits.ts';
import type { CommitBatch, CommitItem } from './index-messages.ts';

export interface CheckedItem {
  readonly item: CommitItem;
  /** Shape [chunks × dimensions]; null when only attributes changed, and for a failed item. */
  readonly vectors: Float32Array | null;
  readonly fault: Fault | null;
}

/** Lengths within this of 1 are rounding; anything else was not normalised, and its cosine would be wrong. */
const unitTolerance = 1e-2;

/** Index-aligned with the items. Throws `invalid_argument` when the vectors cannot be told apart. */
export function checkBatch(batch: CommitBatch, dimensions: number): CheckedItem[] {
  const chunkCount = batch.items.reduce((sum, item) => sum + chunksOf(item), 0);
  if (batch.vectors.length !== chunkCount * dimensions) {
    const message = `a batch of ${chunkCount} chunks has ${batch.vectors.length} values, not ${chunkCount * dimensions}`;
    throw new KmsError('dimension_mismatch', message, {
      facts: { expectedDimensions: dimensions, chunks: chunkCount, values: batch.vectors.length },
    });
  }
  let offset = 0;
  return batch.items.map((item) => {
    const values = chunksOf(item) * dimensions;
    const vectors = batch.vectors.subarray(offset, offset + values);
    offset += values;
    const error = keyError(item) ?? contentError(item, vectors, dimensions);
    if (error !== null) return { item, vectors: null, fault: toFault(error) };
    return { item, vectors: item.content === null ? null : vectors, fault: null };
  });
}

/** About what the batch takes on disk: vectors, texts as UTF-8, keys and rows. */
export function bytesOf(items: readonly CheckedItem[]): number {
  const rowBytes = 512;
  let bytes = 0;
  for (const { item, vectors } of items) {
    const characters = item.title.length + item.body.length + (item.content?.text.length ?? 0);
    bytes += rowBytes + characters * 2 + (vectors?.byteLength ?? 0) + attributeBytes(item.attributes);
  }
  return bytes;
}

/** Each value stands in the record, in the row for filters, and in the rows of the index. */
function attributeBytes(attributes: Attributes): number {
  const indexedBytes = 300;
  let bytes = 0;
  for (const [name, value] of Object.entries(attributes)) {
    const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as string[]) : [''];
    bytes += name.length * 2;
    for (const text of texts) bytes += indexedBytes + text.length * 4;
  }
  return bytes;
}

function chunksOf(item: CommitItem): number {
  return item.content === null ? 0 : item.content.spans.length / 2;
}

/** A key that LMDB refuses would undo the whole transaction. */
function keyError({ collection, id }: CommitItem): KmsError | null {
  if (!collectionNamePattern.test(collection))
    return new KmsError('invalid_argument', `the collection's name must match ${collectionNamePattern}`);
  const idBytes = Buffer.byteLength(id, 'utf8');
  if (idBytes >= 1 && idBytes <= limits.idBytesMax) return null;
  return new KmsError('invalid_argument', `an id has 1..${limits.idBytesMax} bytes`, { facts: { idBytes } });
}

function contentError(item: CommitItem, vectors: Float32Array, dimensions: number): KmsError | null {
  if (item.content === null) return null;
  const chunks = chunksOf(item);
  if (chunks < 1 || !Number.isInteger(chunks))
    return new KmsError('invalid_argument', 'a document needs at least one chunk');
  for (let chunk = 0; chunk < chunks; chunk++) {
    let square = 0;
    for (let i = chunk * dimensions; i < (chunk + 1) * dimensions; i++) {
      const value = vectors[i] as number;
      square += value * value;
    }
    // NaN and infinity fail this comparison too: one of them makes the whole sum so.
    if (!(Math.abs(Math.sqrt(square) - 1) <= unitTolerance))
      return new KmsError(
        'invalid_argument',
        `the vector of chunk ${chunk} is not finite and of unit length`,
      );
  }
  return null;
}
