// A hit on its way through the stages of ranking, and the first of them: fusing the lists and pinning.

import type { DocumentKey } from '../../model/document.ts';
import type { FusionChoice } from '../../model/query.ts';
import type { FusedScore, QueryEvidence } from '../../ranking/candidate.ts';
import { fuse } from '../../ranking/fuse.ts';
import type { ShardHit } from '../../stages/index/index-messages.ts';
import { compareKeys, type ListedHit } from './listed-hits.ts';

export interface RankedHit extends ListedHit {
  /** Fused; then with the prior. */
  readonly score: number;
  readonly confidence: number;
  readonly isPinned: boolean;
  readonly prior: number;
  /** From 1; after fusing and pinning. */
  readonly fusedRank: number;
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

export interface FusionRequest {
  readonly evidence: QueryEvidence;
  readonly fusion: FusionChoice;
}

export function fuseHits(listed: readonly ListedHit[], { evidence, fusion }: FusionRequest): FusedHits {
  const candidates = listed.map(({ candidate }) => candidate);
  const { scores, semanticWeight } = fuse(candidates, evidence, fusion);
  // Positions are sorted, and each hit is made once: copies of some hundred objects would cost more than the fusing.
  const scoreAt = (position: number) => (scores[position] as FusedScore).score;
  const levels = listed.map(({ hit }) => pinLevel(hit));
  const places = [...listed.keys()].sort(
    (a, b) =>
      (levels[a] as number) - (levels[b] as number) ||
      scoreAt(b) - scoreAt(a) ||
      compareKeys(hitAt(listed, a), hitAt(listed, b)),
  );
  return {
    hits: places.map((position, i) => {
      const { hit, candidate } = listed[position] as ListedHit;
      const { score, confidence } = scores[position] as FusedScore;
      return {
        hit,
        candidate,
        score,
        confidence: hit.pinnedBy === null ? confidence : Math.max(confidence, pinnedConfidenceMin),
        isPinned: hit.pinnedBy !== null,
        prior: 1,
        fusedRank: i + 1,
        rerankedRank: null,
        rerankScore: null,
        duplicates: noDuplicates,
      };
    }),
    semanticWeight,
  };
}

/**
 * The estimate looks at scores, and a document that the query names may have next to none: an id is not part of its text,
 * and a code may be one word of many. That it is named is evidence of its own; no proof, as people quote the number of a
 * case that is like theirs.
 */
const pinnedConfidenceMin = 0.9;
const noDuplicates: readonly DocumentKey[] = [];

function hitAt(listed: readonly ListedHit[], position: number): ShardHit {
  return (listed[position] as ListedHit).hit;
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

/** Who names a document wants that one first; who quotes an error code wants those that hold it. */
function pinLevel({ pinnedBy }: ShardHit): number {
  if (pinnedBy === 'id') return 0;
  return pinnedBy === 'identifier' ? 1 : 2;
}
