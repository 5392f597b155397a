// What a model of a shard answers where a page is asked for: its hits, ranked as a shard ranks them.

import { writePages } from '../../src/stages/index/flat-pages.ts';
import type {
  ShardAnswer,
  ShardHit,
  ShardQuery,
  ShownDocument,
} from '../../src/stages/index/index-messages.ts';
import { pageOf } from '../../src/stages/index/shard-page.ts';

/** `rows`: one a query. `show`: null for a document that is gone. */
export function hitsOrPages(
  rows: readonly (readonly ShardHit[])[],
  { page = null, limit, rows: asked }: ShardQuery,
  show: (hit: ShardHit) => ShownDocument | null,
): Pick<ShardAnswer, 'hits' | 'pages'> {
  if (page === null) return { hits: rows };
  const fetcher = { fetch: (keys: readonly unknown[]) => keys.map((hit) => show(hit as ShardHit)) };
  const pages = rows.map((found, row) => {
    const { lexical = null, pins = null } = asked[row] ?? {};
    return pageOf(found, { page, depth: limit, isOneList: lexical === null && pins === null, fetcher });
  });
  return { hits: [], pages: writePages(pages) };
}
