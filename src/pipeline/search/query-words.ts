// The words of a query as the index knows them: its own terms, near ones for those that nobody writes, what the dictionary
// adds, and how many documents hold each. One question to the shards, asked while the text is embedded.

import type { AnalyzedQuery, QueryToken } from '../../lexical/analyzed-text.ts';
import { placeWeight } from '../../lexical/term-weights.ts';
import type { QueryUnderstanding } from '../../model/query.ts';
import type { PinQuery, TermAnswer } from '../../stages/index/index-messages.ts';
import type { CallOptions } from '../engine-api.ts';
import {
  type Correction,
  chooseCorrections,
  correctableTerms,
  correctedText,
} from '../understanding/spelling.ts';
import type { Expansion, Synonyms } from '../understanding/synonyms.ts';
import { type LexicalPlan, planWords, type QueryPiece } from './lexical-plan.ts';
import { pinsOf } from './pin-query.ts';
import type { ReadQuery } from './read-query.ts';
import type { ShardPanel } from './shard-panel.ts';

export interface QueryWords extends LexicalPlan {
  readonly corrections: QueryUnderstanding['corrections'];
  /** The text with its corrections; empty: there are none. */
  readonly correctedText: string;
  readonly pins: PinQuery | null;
}

export interface WordParts {
  readonly panel: ShardPanel;
  readonly synonyms: Pick<Synonyms, 'expand'>;
}

/** What a term of each kind counts beside a word. A part's identifier counts as well, and a correction is a guess. */
const kindWeights = { word: 1, identifier: 1, part: 0.5, correction: 0.5 } as const;

export async function readWords(
  { query, analyzed, written, text }: ReadQuery & { readonly analyzed: AnalyzedQuery },
  { panel, synonyms }: WordParts,
  call: CallOptions,
): Promise<QueryWords> {
  const { tokens } = analyzed;
  const expansions = query.withSynonyms ? synonyms.expand(text ?? '', query.collections) : [];
  const terms = [...new Set([...tokens, ...expansions.flatMap(toTerms)].map(({ term }) => term))];
  const misspelt = query.withSpelling ? correctableTerms(tokens) : [];
  const question = { collections: query.collections, terms, misspelt, fields: [] };
  const answer = await panel.describeTerms(question, call);
  const frequencies = frequenciesOf(terms, answer);
  const corrections = chooseCorrections({
    tokens,
    documentFrequencies: frequencies,
    asked: misspelt,
    answers: [answer.suggestions],
  });
  for (const { to, documentFrequency } of corrections) frequencies.set(to, documentFrequency);
  return {
    ...planWords(piecesOf({ tokens, corrections, expansions }), answer.statistics, frequencies),
    corrections: corrections.map(({ surface, to }) => ({ from: surface, to })),
    correctedText: corrections.length === 0 ? '' : correctedText(written, corrections),
    pins: pinsOf({ written, analyzed, frequencies }),
  };
}

function frequenciesOf(terms: readonly string[], { statistics }: TermAnswer): Map<string, number> {
  return new Map(terms.map((term, i) => [term, statistics.documentFrequencies[i] ?? 0]));
}

/** A correction takes the place of its word, which no document holds; a synonym stands beside it. */
function piecesOf({ tokens, corrections, expansions }: PieceSources): QueryPiece[] {
  const corrected = new Map(corrections.map((correction) => [correction.term, correction.to]));
  const pieces = new Map<string, QueryPiece>();
  const groups = new Map(tokens.map(({ term }, group) => [term, group]));
  // Of two reasons to look for one term the better one comes first: the query's own words.
  const add = (piece: QueryPiece) => {
    if (!pieces.has(piece.term)) pieces.set(piece.term, piece);
  };
  for (const [group, token] of tokens.entries()) {
    const { term, surface, kind } = token;
    if (!corrected.has(term)) add({ term, surface, kind, weight: weightOf(kind, token, group), group });
  }
  for (const [group, token] of tokens.entries()) {
    const to = corrected.get(token.term);
    if (to === undefined) continue;
    add({ term: to, surface: to, kind: 'correction', weight: weightOf('correction', token, group), group });
  }
  for (const { surface, terms, weight, standsFor } of expansions) {
    const own = standsFor.flatMap((term) => groups.get(term) ?? []);
    // Stop words alone are of no group: theirs is a new one.
    const group = own[0] ?? tokens.length + pieces.size;
    for (const term of terms)
      add({ term, surface, kind: 'synonym', weight: weight * placeWeight(own[0] ?? 0), group });
  }
  return [...pieces.values()];
}

/** A word that stands there four times is meant twice as much. `place`: among the tokens, from 0. */
function weightOf(kind: keyof typeof kindWeights, { count }: QueryToken, place: number): number {
  return kindWeights[kind] * Math.sqrt(count) * placeWeight(place);
}

interface PieceSources {
  readonly tokens: readonly QueryToken[];
  readonly corrections: readonly Correction[];
  readonly expansions: readonly Expansion[];
}

function toTerms({ terms }: Expansion): { readonly term: string }[] {
  return terms.map((term) => ({ term }));
}
