// Which segments to merge: the tiers of Lucene's TieredMergePolicy. Segments of about one size become one of the next,
// so a document is copied once a tier, and few segments stand between a query and its answer.

/** What the choice is made by. */
export interface MergeCandidate {
  /** Live ones. */
  readonly documents: number;
  readonly removed: number;
  readonly postings: number;
}

export interface MergeLimits {
  /** So many segments of one tier become one. At least 2. */
  readonly factor: number;
  /** No segment is made larger. */
  readonly documentsMax: number;
  readonly postingsMax: number;
  /** Smaller segments count as having so many postings: tiny ones are merged without regard to their sizes. */
  readonly postingsFloor: number;
  /** A segment is written anew above this share of removed documents. */
  readonly removedShareMax: number;
}

/**
 * The segments to merge next, or null: their places in `candidates`. One alone is rewritten for its removed documents.
 * With sizes from `floor` to `max` postings at most (factor - 1) × (log(max / floor) / log(factor) + 1) segments are
 * left that are smaller than half of the largest allowed.
 */
export function chooseMerge(candidates: readonly MergeCandidate[], limits: MergeLimits): number[] | null {
  const sparse = candidates.findIndex(
    ({ documents, removed }) => removed > (documents + removed) * limits.removedShareMax,
  );
  if (sparse >= 0) return [sparse];
  const bySize = candidates
    .map((candidate, place) => ({
      place,
      documents: candidate.documents,
      postings: livePostings(candidate),
    }))
    .sort((a, b) => a.postings - b.postings || a.place - b.place);
  for (let start = 0; start + limits.factor <= bySize.length; start++) {
    const tier = bySize.slice(start, start + limits.factor);
    const [least] = tier;
    const most = tier[tier.length - 1];
    if (least === undefined || most === undefined) return null;
    if (most.postings > limits.factor * Math.max(least.postings, limits.postingsFloor)) continue;
    const merged: number[] = [];
    let [documents, postings] = [0, 0];
    for (const segment of tier) {
      documents += segment.documents;
      postings += segment.postings;
      if (documents > limits.documentsMax || postings > limits.postingsMax) break;
      merged.push(segment.place);
    }
    if (merged.length > 1) return merged;
  }
  return null;
}

/** Removed documents are taken for as long as the others. */
function livePostings({ documents, removed, postings }: MergeCandidate): number {
  return documents === 0 ? 0 : Math.round((postings * documents) / (documents + removed));
}
