// The first of the stages of ranking: fusing the lists, and pinning.

import type { FusionChoice } from '../model/query.ts';
import type { FusedScore, QueryEvidence } from './candidate.ts';
import { fuse } from './fuse.ts';
import { compareKeys, type ListedHit, type ScoredHit } from './listed-hits.ts';

export interface FusedHit<Hit extends ScoredHit> extends ListedHit<Hit> {
  readonly score: number;
  readonly confidence: number;
  readonly isPinned: boolean;
  /** From 1; after fusing and pinning. */
  readonly fusedRank: number;
}

export interface FusedHits<Hit extends ScoredHit> {
  /** Pinned ones first, then by score; equals by key. */
  readonly hits: readonly FusedHit<Hit>[];
  /** Null where there are not two lists. */
  readonly semanticWeight: number | null;
}

export interface FusionRequest {
  readonly evidence: QueryEvidence;
  readonly fusion: FusionChoice;
  /** Positions wanted, the second exclusive. Default: all. */
  readonly from?: number;
  readonly to?: number;
}

export function fuseHits<Hit extends ScoredHit>(
  listed: readonly ListedHit<Hit>[],
  { evidence, fusion, from = 0, to = listed.length }: FusionRequest,
): FusedHits<Hit> {
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
  const hits = places.slice(from, to).map((position, i) => {
    const { hit, candidate } = listed[position] as ListedHit<Hit>;
    const { score, confidence } = scores[position] as FusedScore;
    return {
      hit,
      candidate,
      score,
      confidence: hit.pinnedBy === null ? confidence : Math.max(confidence, pinnedConfidenceMin),
      isPinned: hit.pinnedBy !== null,
      fusedRank: from + i + 1,
    };
  });
  return { hits, semanticWeight };
}

/**
 * The estimate looks at scores, and a document that the query names may have next to none: an id is not part of its text,
 * and a code may be one word of many. That it is named is evidence of its own; no proof, as people quote the number of a
 * case that is like theirs.
 */
const pinnedConfidenceMin = 0.9;

function hitAt<Hit extends ScoredHit>(listed: readonly ListedHit<Hit>[], position: number): Hit {
  return (listed[position] as ListedHit<Hit>).hit;
}

/** Who names a document wants that one first; who quotes an error code wants those that hold it. */
function pinLevel({ pinnedBy }: ScoredHit): number {
  if (pinnedBy === 'id') return 0;
  return pinnedBy === 'identifier' ? 1 : 2;
}
