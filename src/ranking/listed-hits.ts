// From the answers of all shards to the two lists of a query: who stands where by meaning, and where by words.

import type { DocumentKey } from '../model/document.ts';
import type { Candidate } from './candidate.ts';

/** What the lists need to know of a hit. */
export interface ScoredHit extends DocumentKey {
  /** Of the best chunk; null without a query vector. Known for every hit of a search that has one, whichever list it is from. */
  readonly cosine: number | null;
  /** Null without a lexical query; otherwise known for every hit. */
  readonly lexicalScore: number | null;
  readonly coverage: number;
  /** Whether it is in the list by vector, and in the list by words. */
  readonly isSemantic: boolean;
  readonly isLexical: boolean;
  readonly pinnedBy: 'id' | 'identifier' | null;
}

export interface ListedHit<Hit extends ScoredHit> {
  readonly hit: Hit;
  readonly candidate: Candidate;
}

/**
 * The best `depth` of each list over all shards, and the pinned ones. Each document comes from one shard, so once; with
 * several query vectors once for each, of which the best counts. In no order.
 */
export function listHits<Hit extends ScoredHit>(hits: readonly Hit[], depth: number): ListedHit<Hit>[] {
  return listDistinct(bestOfEach(hits), depth);
}

/** As `listHits`, of hits of which no two are of one document. */
export function listDistinct<Hit extends ScoredHit>(hits: readonly Hit[], depth: number): ListedHit<Hit>[] {
  const semantic = ranksOf(hits.filter(isSemantic), ({ cosine }) => cosine ?? -1, depth);
  const lexical = ranksOf(hits.filter(isLexical), ({ lexicalScore }) => lexicalScore ?? 0, depth);
  const listed: ListedHit<Hit>[] = [];
  for (const hit of hits) {
    const { cosine, lexicalScore, coverage } = hit;
    const semanticRank = semantic.get(hit) ?? null;
    const lexicalRank = lexical.get(hit) ?? null;
    if (semanticRank === null && lexicalRank === null && hit.pinnedBy === null) continue;
    listed.push({ hit, candidate: { cosine, lexicalScore, coverage, semanticRank, lexicalRank } });
  }
  return listed;
}

/** By collection and id: how equals are ordered everywhere, so that answers repeat. */
export function compareKeys(a: DocumentKey, b: DocumentKey): number {
  if (a.collection !== b.collection) return a.collection < b.collection ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function isSemantic(hit: ScoredHit): boolean {
  return hit.isSemantic;
}

function isLexical(hit: ScoredHit): boolean {
  return hit.isLexical;
}

function bestOfEach<Hit extends ScoredHit>(hits: readonly Hit[]): Hit[] {
  const best = new Map<string, Hit>();
  for (const hit of hits) {
    const key = `${hit.collection}\0${hit.id}`;
    const known = best.get(key);
    if (known === undefined || (hit.cosine ?? -1) > (known.cosine ?? -1)) best.set(key, hit);
  }
  return [...best.values()];
}

function ranksOf<Hit extends ScoredHit>(
  hits: Hit[],
  score: (hit: Hit) => number,
  depth: number,
): Map<Hit, number> {
  hits.sort((a, b) => score(b) - score(a) || compareKeys(a, b));
  const ranks = new Map<Hit, number>();
  const listed = Math.min(hits.length, depth);
  for (let i = 0; i < listed; i++) ranks.set(hits[i] as Hit, i + 1);
  return ranks;
}
