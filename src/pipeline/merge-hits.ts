// From lists of hits, one for each shard and query vector, to the one list of a query.

import type { ShardHit } from '../stages/index/index-messages.ts';

/** The best `limit` documents of all lists, each once with its best chunk, best first; ties by key, so that answers repeat. */
export function mergeHits(lists: readonly (readonly ShardHit[])[], limit: number): ShardHit[] {
  if (lists.length === 1) return (lists[0] ?? []).slice(0, limit);
  const best = new Map<string, ShardHit>();
  for (const hit of lists.flat()) {
    const key = `${hit.collection}\0${hit.id}`;
    const known = best.get(key);
    if (known === undefined || hit.cosine > known.cosine) best.set(key, hit);
  }
  return [...best.values()].sort(byScore).slice(0, limit);
}

function byScore(a: ShardHit, b: ShardHit): number {
  if (a.cosine !== b.cosine) return b.cosine - a.cosine;
  if (a.collection !== b.collection) return a.collection < b.collection ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
