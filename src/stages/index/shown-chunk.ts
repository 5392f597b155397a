// One chunk of a document as the flow of a query takes it: its text for a cross-encoder, its vector to compare hits.

import type { DocumentRecord } from '../../storage/document-record.ts';
import type { ShardStore } from '../../storage/shard-store.ts';
import type { ShownDocument } from './index-messages.ts';

/** A cross-encoder reads 512 tokens; a document with a vector of its client's is one chunk whatever its length. */
const unitsMax = 4_096;

export function shownChunk(
  store: ShardStore,
  { text, spans, labels }: DocumentRecord,
  chunk: number,
): NonNullable<ShownDocument['chunk']> {
  const start = spans[chunk * 2] ?? 0;
  const end = spans[chunk * 2 + 1] ?? text.length;
  const vector = chunk < labels.count ? store.vector(labels.first + chunk) : null;
  // A copy: the store reads the next one into the same memory.
  return { text: text.slice(start, Math.min(end, start + unitsMax)), vector: vector?.slice() ?? null };
}
