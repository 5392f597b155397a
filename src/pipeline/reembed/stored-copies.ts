// Documents as they stand in one generation, made ready to be written to another.

import { KmsError } from '../../base/errors.ts';
import type { Document, DocumentKey, StoredDocument } from '../../model/document.ts';
import { contentHashOf } from '../../stages/extract/content-hash.ts';
import type { CallOptions } from '../engine-api.ts';
import type { SpaceSearch } from '../space-search.ts';

export interface StoredCopy {
  readonly document: Document;
  /** Its client sent the vector along, so it was not made from the text. */
  readonly hasOwnVector: boolean;
}

export function copyOf(stored: StoredDocument): StoredCopy {
  const { collection, id, title, body, mediaType, attributes, updateTimeMs } = stored;
  const document = { collection, id, title, body, mediaType, attributes, updateTimeMs, embedding: null };
  // The hash covers the client's vector: without one, the text alone gives the hash that is stored.
  return { document, hasOwnVector: contentHashOf(document, stored.generation) !== stored.contentHash };
}

/** Index-aligned; reads in smaller parts where all of them together are too large for one answer. */
export async function fetchAll(
  search: SpaceSearch,
  keys: readonly DocumentKey[],
  call: CallOptions,
): Promise<(StoredDocument | null)[]> {
  try {
    return await search.fetch(keys, { omitBody: false }, call);
  } catch (error) {
    const isTooLarge = error instanceof KmsError && error.code === 'invalid_argument';
    if (!isTooLarge || keys.length === 1) throw error;
    const middle = keys.length >> 1;
    const first = await fetchAll(search, keys.slice(0, middle), call);
    return [...first, ...(await fetchAll(search, keys.slice(middle), call))];
  }
}
