// From the pages of several shards to the one page of a list, in order of id.

import type { DocumentPage } from './engine-api.ts';

/**
 * At most `limit` documents. A shard knows nothing of what lies behind the last id that it looked at, so the page ends
 * at the lowest of those; what other shards found behind it comes with the next page.
 */
export function mergePages(pages: readonly DocumentPage[], limit: number): DocumentPage {
  const [only] = pages;
  if (only !== undefined && pages.length === 1) return only;
  const ends = pages.flatMap(({ lastId }) => (lastId === null ? [] : [lastId])).sort(compareBytes);
  const end = ends[0] ?? null;
  const documents = pages
    .flatMap((page) => page.documents)
    .filter(({ id }) => end === null || compareBytes(id, end) <= 0)
    .sort((a, b) => compareBytes(a.id, b.id));
  if (documents.length <= limit) return { documents, lastId: end };
  const kept = documents.slice(0, limit);
  return { documents: kept, lastId: kept.at(-1)?.id ?? null };
}

/** The order of the store's keys: UTF-8 bytes, which is the order of code points. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
