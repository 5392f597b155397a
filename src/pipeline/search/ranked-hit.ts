// A hit on its way through the stages of ranking that look beyond the lists; the fused order is where it starts.

import type { DocumentKey } from '../../model/document.ts';
import { type FusedHit, type FusionRequest, fuseHits as fuse } from '../../ranking/fused-hits.ts';
import { compareKeys, type ListedHit } from '../../ranking/listed-hits.ts';
import type { ShardHit } from '../../stages/index/index-messages.ts';

/** `score`: fused; then with the prior. */
export interface RankedHit extends FusedHit<ShardHit> {
  readonly prior: number;
  readonly rerankedRank: number | null;
  readonly rerankScore: number | null;
  /** Documents that were collapsed into this one. */
  readonly duplicates: readonly DocumentKey[];
}

export interface FusedHits {
  /** Pinned ones first, then by score; equals by key. */
  readonly hits: readonly RankedHit[];
  /** Null where there are not two lists. */
  readonly semanticWeight: number | null;
}

const unranked = { prior: 1, rerankedRank: null, rerankScore: null, duplicates: [] } as const;

export function fuseHits(listed: readonly ListedHit<ShardHit>[], request: FusionRequest): FusedHits {
  const { hits, semanticWeight } = fuse(listed, request);
  return { hits: hits.map((hit) => Object.assign(hit, unranked)), semanticWeight };
}

/** The order of hits that nothing pins: equals by key, so that answers repeat. */
export function byScore(a: RankedHit, b: RankedHit): number {
  return b.score - a.score || compareKeys(a.hit, b.hit);
}

/** Pinned hits stand at the top of any list. */
export function countPinned(hits: readonly { readonly isPinned: boolean }[]): number {
  const first = hits.findIndex(({ isPinned }) => !isPinned);
  return first < 0 ? hits.length : first;
}
