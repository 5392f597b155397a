// The end of a search whose lists are all in this shard: fuse them, and read the documents of the page and no others.

import { noEvidence } from '../../ranking/candidate.ts';
import { confidenceOf } from '../../ranking/confidence.ts';
import { type FusedHit, fuseHits } from '../../ranking/fused-hits.ts';
import { listDistinct } from '../../ranking/listed-hits.ts';
import type { ShardHit, ShownDocument } from './index-messages.ts';
import type { PageHit, PageQuery, ShardPage } from './page-messages.ts';
import type { Fetcher } from './shard-reads.ts';

export interface PageParts {
  readonly page: PageQuery;
  /** Of the lists. */
  readonly depth: number;
  /** Whether `found` is the list by vector alone, best first: then there is nothing to fuse. */
  readonly isOneList: boolean;
  readonly fetcher: Pick<Fetcher, 'fetch'>;
}

/** `found`: each document once. */
export function pageOf(
  found: readonly ShardHit[],
  { page, depth, isOneList, fetcher }: PageParts,
): ShardPage {
  const { offset, limit } = page;
  if (isOneList) {
    const hits = found.slice(offset, offset + limit).map((hit, i) => fusedAlone(hit, offset + i + 1));
    const counts = { semanticCandidates: found.length, lexicalCandidates: 0 };
    return { hits: shown(hits, fetcher), semanticWeight: null, ...counts };
  }
  const listed = listDistinct(found, depth);
  const { hits, semanticWeight } = fuseHits(listed, { ...page, from: offset, to: offset + limit });
  let semanticCandidates = 0;
  let lexicalCandidates = 0;
  for (const { candidate } of listed) {
    if (candidate.semanticRank !== null) semanticCandidates++;
    if (candidate.lexicalRank !== null) lexicalCandidates++;
  }
  return { hits: shown(hits, fetcher), semanticWeight, semanticCandidates, lexicalCandidates };
}

/** What fusing makes of a list that is alone. */
function fusedAlone(hit: ShardHit, rank: number): FusedHit<ShardHit> {
  const { cosine } = hit;
  const candidate = { cosine, lexicalScore: null, coverage: 0, semanticRank: rank, lexicalRank: null };
  const confidence = confidenceOf(candidate, noEvidence);
  return { hit, candidate, score: cosine ?? 0, confidence, isPinned: false, fusedRank: rank };
}

function shown(hits: readonly FusedHit<ShardHit>[], fetcher: Pick<Fetcher, 'fetch'>): PageHit[] {
  const documents = fetcher.fetch(hits.map(({ hit }) => hit));
  const page: PageHit[] = [];
  for (const [i, hit] of hits.entries()) {
    const document = documents[i] ?? null;
    // Deleted while this gave way.
    if (document !== null) page.push(pageHit(hit, document));
  }
  return page;
}

function pageHit(fused: FusedHit<ShardHit>, shownAs: ShownDocument): PageHit {
  const { hit, candidate, score, confidence, isPinned, fusedRank } = fused;
  const { document, snippet, highlights, matchedTerms } = shownAs;
  return {
    document,
    snippet,
    highlights,
    matchedTerms,
    chunk: hit.chunk,
    cosine: candidate.cosine,
    lexicalScore: candidate.lexicalScore,
    coverage: candidate.coverage,
    semanticRank: candidate.semanticRank,
    lexicalRank: candidate.lexicalRank,
    score,
    confidence,
    isPinned,
    fusedRank,
  };
}
