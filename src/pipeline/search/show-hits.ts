// The hits of one page as they are shown: with their documents, and with what of the query stands in them.

import type { DocumentKey } from '../../model/document.ts';
import type { HitExplanation, SearchHit, SearchQuery } from '../../model/query.ts';
import type { ShownDocument } from '../../stages/index/index-messages.ts';
import type { CallOptions } from '../engine-api.ts';
import type { LexicalPlan } from './lexical-plan.ts';
import type { RankedHit } from './ranked-hit.ts';
import type { ShardPanel } from './shard-panel.ts';

export interface ShownQuery {
  readonly query: SearchQuery;
  /** Null: there are none to mark. */
  readonly words: LexicalPlan | null;
}

/** Reads the documents that did not come with the search. One that was deleted since is left out. */
export async function showHits(
  hits: readonly RankedHit[],
  { query, words }: ShownQuery,
  panel: ShardPanel,
  call: CallOptions,
): Promise<SearchHit[]> {
  const missing = hits.filter(({ hit }) => hit.document === null);
  const { withVectors, omitBody } = query;
  const shown = { withVectors, omitBody, terms: words?.marked ?? [] };
  const fetched = missing.length === 0 ? [] : await panel.fetch(missing.map(keyOf), shown, call);
  const terms = words?.terms ?? [];
  let next = 0;
  return hits.flatMap((ranked) => {
    const found = ranked.hit.document === null ? (fetched[next++] ?? null) : cameAlong(ranked);
    return found === null ? [] : [toSearchHit(ranked, found, { query, terms })];
  });
}

function keyOf({ hit: { collection, id, chunk } }: RankedHit): DocumentKey & { readonly chunk: number } {
  return { collection, id, chunk };
}

function cameAlong({ hit: { document, snippet } }: RankedHit): ShownDocument | null {
  return document === null ? null : { document, snippet, highlights: [], matchedTerms: [] };
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
    matchedTerms: surfacesOf(terms, new Set(matchedTerms)),
    snippet,
    highlights,
    duplicates,
    explanation: query.withExplanation ? explain(ranked) : null,
  };
}

function explain({ candidate, fusedRank, rerankedRank, rerankScore, prior }: RankedHit): HitExplanation {
  const { semanticRank, lexicalRank, coverage } = candidate;
  return { semanticRank, lexicalRank, fusedRank, rerankedRank, rerankScore, coverage, prior };
}

/** As the query wrote them; of an identifier that is matched whole, its parts say nothing new. */
function surfacesOf(terms: LexicalPlan['terms'], matched: ReadonlySet<string>): string[] {
  const held = terms.filter(({ term }) => matched.has(term));
  const identifiers = held.flatMap(({ kind, surface }) => (kind === 'identifier' ? [surface] : []));
  const isPartOfHeld = (surface: string) => identifiers.some((identifier) => identifier.includes(surface));
  const told = held.filter(({ kind, surface }) => kind !== 'part' || !isPartOfHeld(surface));
  return [...new Set(told.map(({ surface }) => surface))];
}
