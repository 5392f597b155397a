// What a caller may ask for beyond the fused order: priors, the cross-encoder, near-duplicates as one, hits that differ.
// Each looks at a bounded number of hits at the top; what lies below keeps its place. Pinned hits stay on top.

import { matchesFilter } from '../../filtering/match-filter.ts';
import type { StoredDocument } from '../../model/document.ts';
import type { SearchQuery } from '../../model/query.ts';
import { collapse } from '../../ranking/collapse.ts';
import { diversify, type Similarity } from '../../ranking/diversity.ts';
import { fusionDepth } from '../../ranking/list-tops.ts';
import { recencyFactor, withPrior } from '../../ranking/prior.ts';
import type { ShownDocument } from '../../stages/index/index-messages.ts';
import { dotProduct } from '../../vector/dot-product.ts';
import { byScore, countPinned, type RankedHit } from './ranked-hit.ts';

/** What is known of a hit's document for reordering. */
export type HitFacts = Pick<ShownDocument, 'document' | 'chunk'>;

/** A hit and its facts; those beyond the window have none. */
export interface KnownHit {
  readonly ranked: RankedHit;
  readonly facts: HitFacts | null;
}

/**
 * Hits that a cross-encoder may reorder: at 9 ms of CPU each (of MiniLM's shape, int8; in fp32 23 ms) they take 0.45 s of
 * one core, which fits into the usual budget of 1 s.
 */
export const rerankedMax = 50;
/** Both lists at their usual depth. For a page of ten, 2,500 similarities: a millisecond. */
const collapsedMax = 2 * fusionDepth;
/** Of the time left, kept for reading the documents of the page: usually a millisecond or two, more behind a commit. */
const fetchReserveShare = 0.1;
const fetchReserveMsMin = 5;
/** n² / 2 similarities: 2 ms. The same for every page of a query, so that its pages fit together. */
const diversifiedMax = 100;

/** Multiplies the scores by recency and boosts, and orders by the outcome. */
export function applyPriors(
  hits: readonly KnownHit[],
  { recency, boosts }: Pick<SearchQuery, 'recency' | 'boosts'>,
  epochMs: number,
): KnownHit[] {
  if (recency === null && boosts.length === 0) return [...hits];
  const priorOf = (document: StoredDocument) => {
    const ageMs = epochMs - (document.updateTimeMs ?? document.commitTimeMs);
    let prior = recency === null ? 1 : recencyFactor(ageMs, recency);
    for (const { filter, factor } of boosts) if (matchesFilter(filter, document)) prior *= factor;
    return prior;
  };
  const weighed = hits.map(({ ranked, facts }): KnownHit => {
    if (facts === null) return { ranked, facts };
    const prior = priorOf(facts.document);
    return { ranked: { ...ranked, prior, score: withPrior(ranked.score, prior) }, facts };
  });
  const inWindow = weighed.filter(({ facts }) => facts !== null);
  const pinned = countPinned(inWindow.map(({ ranked }) => ranked));
  const open = inWindow.slice(pinned).sort((a, b) => byScore(a.ranked, b.ranked));
  return [...inWindow.slice(0, pinned), ...open, ...weighed.filter(({ facts }) => facts === null)];
}

/**
 * How long the cross-encoder may take, with `leftMs` until the call's deadline (null: it has none). Something is left for
 * reading the documents of the page: a call that fails for the sake of a better order has no order at all.
 */
export function rerankTimeMs(budgetMs: number, leftMs: number | null): number {
  if (leftMs === null) return budgetMs;
  const reserveMs = Math.max(fetchReserveMsMin, leftMs * fetchReserveShare);
  return Math.max(0, Math.min(budgetMs, leftMs - reserveMs));
}

/** What the cross-encoder is to read, in order: for the first hits but the pinned ones. */
export function textsToRerank(hits: readonly KnownHit[]): string[] {
  return hits.slice(0, rerankedMax).map(({ ranked, facts }) => {
    if (facts === null) return '';
    const { title } = facts.document;
    const text = facts.chunk?.text ?? '';
    // The first chunk begins with the title already.
    return title === '' || ranked.hit.chunk === 0 ? text : `${title}\n${text}`;
  });
}

/** `scores`: of the first hits, index-aligned. */
export function applyRerank(hits: readonly KnownHit[], scores: Float32Array): KnownHit[] {
  const scored = hits.slice(0, scores.length).map(({ ranked, facts }, i): KnownHit => {
    return { ranked: { ...ranked, rerankScore: scores[i] ?? 0 }, facts };
  });
  const pinned = countPinned(scored.map(({ ranked }) => ranked));
  const open = scored.slice(pinned);
  // Equals keep their order: sorting is stable.
  open.sort((a, b) => (b.ranked.rerankScore ?? 0) - (a.ranked.rerankScore ?? 0));
  const reordered = [...scored.slice(0, pinned), ...open].map(({ ranked, facts }, i): KnownHit => {
    return { ranked: { ...ranked, rerankedRank: i + 1 }, facts };
  });
  return [...reordered, ...hits.slice(scores.length)];
}

/** Near-duplicates of a higher hit become part of it. Returns as many hits as the page and diversity look at, if there are. */
export function collapseHits(hits: readonly KnownHit[], similarityMin: number, query: PageOf): KnownHit[] {
  const window = hits.slice(0, collapsedMax);
  const keptMax = Math.max(query.offset + query.limit, query.diversity === null ? 0 : diversifiedMax);
  const similarity = similarityOf(window);
  const { kept, duplicates } = collapse(window.length, { similarityMin, similarity, keptMax });
  const collapsed = kept.map((position, i): KnownHit => {
    const { ranked, facts } = window[position] as KnownHit;
    const keys = (duplicates[i] ?? []).map((other) => {
      const { collection, id } = (window[other] as KnownHit).ranked.hit;
      return { collection, id };
    });
    return { ranked: { ...ranked, duplicates: keys }, facts };
  });
  return [...collapsed, ...hits.slice(collapsedMax)];
}

type PageOf = Pick<SearchQuery, 'offset' | 'limit' | 'diversity'>;

export function diversifyHits(hits: readonly KnownHit[], lambda: number): KnownHit[] {
  const window = hits.slice(0, diversifiedMax);
  const scores = window.map(({ ranked }) => ranked.score);
  const fixed = countPinned(window.map(({ ranked }) => ranked));
  const order = diversify(scores, { lambda, fixed, similarity: similarityOf(window) });
  return [...order.map((position) => window[position] as KnownHit), ...hits.slice(diversifiedMax)];
}

/** A hit whose vector is not known is like no other. */
function similarityOf(hits: readonly KnownHit[]): Similarity {
  const vectors = hits.map(({ facts }) => facts?.chunk?.vector ?? null);
  return (a, b) => {
    const [left, right] = [vectors[a] ?? null, vectors[b] ?? null];
    return left === null || right === null ? -1 : dotProduct(left, right);
  };
}

/** Whether the query asks for anything of this file. */
export function isReordered(query: SearchQuery): boolean {
  return hasPriors(query) || needsChunks(query);
}

/** Whether hits are to be read or compared with each other. */
export function needsChunks({ rerank, collapse: collapsed, diversity }: SearchQuery): boolean {
  return rerank !== null || collapsed !== null || diversity !== null;
}

function hasPriors({ recency, boosts }: Pick<SearchQuery, 'recency' | 'boosts'>): boolean {
  return recency !== null || boosts.length > 0;
}

/**
 * How many hits at the top are looked at. Ordering by priors needs all that the page may hold, and the same number for
 * every page; the rest is content with the bounds above.
 */
export function windowOf(query: SearchQuery, depth: number): number {
  const { diversity, collapse: collapsed, rerank } = query;
  return Math.max(
    hasPriors(query) ? depth : 0,
    collapsed === null ? 0 : collapsedMax,
    diversity === null ? 0 : diversifiedMax,
    rerank === null ? 0 : rerankedMax,
  );
}
