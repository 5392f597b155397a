// The hits of one page as they are shown: with their documents, and with what of the query stands in them.

import type { DocumentKey } from '../../model/document.ts';
import type { HitExplanation, SearchHit, SearchQuery } from '../../model/query.ts';
import type { Candidate } from '../../ranking/candidate.ts';
import type { ShownDocument } from '../../stages/index/index-messages.ts';
import type { PageHit } from '../../stages/index/page-messages.ts';
import type { CallOptions } from '../engine-api.ts';
import type { LexicalPlan } from './lexical-plan.ts';
import type { RankedHit } from './ranked-hit.ts';
import type { ShardPanel } from './shard-panel.ts';

export interface ShownQuery {
  readonly query: SearchQuery;
  /** Null: there are none to mark. */
  readonly words: LexicalPlan | null;
}

/** Reads the documents. One that was deleted since is left out. */
export async function showHits(
  hits: readonly RankedHit[],
  { query, words }: ShownQuery,
  panel: ShardPanel,
  call: CallOptions,
): Promise<SearchHit[]> {
  const { withVectors, omitBody } = query;
  const shown = { withVectors, omitBody, terms: words?.marked ?? [] };
  const documents = hits.length === 0 ? [] : await panel.fetch(hits.map(keyOf), shown, call);
  const terms = words?.terms ?? [];
  return hits.flatMap((ranked, i) => {
    const found = documents[i] ?? null;
    return found === null ? [] : [toSearchHit(ranked, found, { query, terms })];
  });
}

/** The same of a page that its shard has ranked and read. */
export function hitsOfPage(hits: readonly PageHit[], { query, words }: ShownQuery): SearchHit[] {
  const terms = words?.terms ?? [];
  const known = { prior: 1, rerankedRank: null, rerankScore: null };
  return hits.map((hit) => ({
    document: hit.document,
    cosine: hit.cosine ?? 0,
    lexicalScore: hit.lexicalScore ?? 0,
    score: hit.score,
    confidence: hit.confidence,
    isPinned: hit.isPinned,
    matchedTerms: surfacesOf(terms, hit.matchedTerms),
    snippet: hit.snippet,
    highlights: hit.highlights,
    duplicates: [],
    explanation: query.withExplanation
      ? explain({ ...known, candidate: hit, fusedRank: hit.fusedRank })
      : null,
  }));
}

function keyOf({ hit: { collection, id, chunk } }: RankedHit): DocumentKey & { readonly chunk: number } {
  return { collection, id, chunk };
}

function toSearchHit(
  ranked: RankedHit,
  { document, snippet, highlights, matchedTerms }: ShownDocument,
  { query, terms }: { readonly query: SearchQuery; readonly terms: LexicalPlan['terms'] },
): SearchHit {
  const { hit, score, confidence, isPinned, duplicates } = ranked;
  return {
    document,
    cosine: hit.cosine ?? 0,
    lexicalScore: hit.lexicalScore ?? 0,
    score,
    confidence,
    isPinned,
    matchedTerms: surfacesOf(terms, matchedTerms),
    snippet,
    highlights,
    duplicates,
    explanation: query.withExplanation ? explain(ranked) : null,
  };
}

type Explained = Pick<RankedHit, 'fusedRank' | 'rerankedRank' | 'rerankScore' | 'prior'> & {
  readonly candidate: Pick<Candidate, 'semanticRank' | 'lexicalRank' | 'coverage'>;
};

function explain({ candidate, fusedRank, rerankedRank, rerankScore, prior }: Explained): HitExplanation {
  const { semanticRank, lexicalRank, coverage } = candidate;
  return { semanticRank, lexicalRank, fusedRank, rerankedRank, rerankScore, coverage, prior };
}

/** As the query wrote them; of an identifier that is matched whole, its parts say nothing new. */
function surfacesOf(terms: LexicalPlan['terms'], matchedTerms: readonly string[]): readonly string[] {
  if (matchedTerms.length === 0) return matchedTerms;
  const matched = new Set(matchedTerms);
  const held = terms.filter(({ term }) => matched.has(term));
  const identifiers = held.flatMap(({ kind, surface }) => (kind === 'identifier' ? [surface] : []));
  const isPartOfHeld = (surface: string) => identifiers.some((identifier) => identifier.includes(surface));
  const told = held.filter(({ kind, surface }) => kind !== 'part' || !isPartOfHeld(surface));
  return [...new Set(told.map(({ surface }) => surface))];
}
