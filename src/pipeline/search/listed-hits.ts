// From the answers of all shards to the two lists of a query: who stands where by meaning, and where by words.

import type { Candidate } from '../../ranking/candidate.ts';
import type { ShardHit } from '../../stages/index/index-messages.ts';

export interface ListedHit {
  readonly hit: ShardHit;
  readonly candidate: Candidate;
}

/**
 * The best `depth` of each list over all shards, and the pinned ones. Each document comes from one shard, so once; with
 * several query vectors once for each, of which the best counts. In no order.
 */
export function listHits(hits: readonly ShardHit[], depth: number): ListedHit[] {
  const distinct = bestOfEach(hits);
  const semantic = ranksOf(distinct.filter(isSemantic), ({ cosine }) => cosine ?? -1, depth);
  const lexical = ranksOf(distinct.filter(isLexical), ({ lexicalScore }) => lexicalScore ?? 0, depth);
  const listed: ListedHit[] = [];
  for (const hit of distinct) {
    const { cosine, lexicalScore, coverage } = hit;
    const semanticRank = semantic.get(hit) ?? null;
    const lexicalRank = lexical.get(hit) ?? null;
    if (semanticRank === null && lexicalRank === null && hit.pinnedBy === null) continue;
    listed.push({ hit, candidate: { cosine, lexicalScore, coverage, semanticRank, lexicalRank } });
  }
  return listed;
}

/** By collection and id: how equals are ordered everywhere, so that answers repeat. */
export function compareKeys(a: ShardHit, b: ShardHit): number {
  if (a.collection !== b.collection) return a.collection < b.collection ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function isSemantic(hit: ShardHit): boolean {
  return hit.isSemantic;
}

function isLexical(hit: ShardHit): boolean {
  return hit.isLexical;
}

function bestOfEach(hits: readonly ShardHit[]): ShardHit[] {
  const best = new Map<string, ShardHit>();
  for (const hit of hits) {
    const key = `${hit.collection}\0${hit.id}`;
    const known = best.get(key);
    if (known === undefined || (hit.cosine ?? -1) > (known.cosine ?? -1)) best.set(key, hit);
  }
  return [...best.values()];
}

function ranksOf(
  hits: readonly ShardHit[],
  score: (hit: ShardHit) => number,
  depth: number,
): Map<ShardHit, number> {
  const sorted = [...hits].sort((a, b) => score(b) - score(a) || compareKeys(a, b)).slice(0, depth);
  return new Map(sorted.map((hit, i) => [hit, i + 1]));
}
