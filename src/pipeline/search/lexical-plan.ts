// From the pieces of a query and what the shards know of them to the question that the lexical index is asked, and to
// what the query itself says about how far its words can be trusted.

import { idfOf } from '../../lexical/bm25.ts';
import type { LexicalQuery } from '../../lexical/lexical-query.ts';
import { planQuery } from '../../lexical/query-plan.ts';
import { rarityWeight } from '../../lexical/term-weights.ts';
import type { QueryUnderstanding } from '../../model/query.ts';
import type { QueryEvidence } from '../../ranking/candidate.ts';

/** A term to look for. */
export interface QueryPiece {
  readonly term: string;
  /** As the query wrote it, or the dictionary. */
  readonly surface: string;
  readonly kind: QueryUnderstanding['terms'][number]['kind'];
  /** Before its rarity is known. */
  readonly weight: number;
  /** Pieces of one group stand for one piece of the query. */
  readonly group: number;
}

export interface LexicalPlan {
  /** Null: no document holds any of the terms. */
  readonly lexical: LexicalQuery | null;
  readonly evidence: QueryEvidence;
  readonly terms: QueryUnderstanding['terms'];
  /** What is marked in the hits: terms that documents hold, those first that say most. */
  readonly marked: readonly string[];
}

/** What a shard takes; a pasted ticket has more, and its rarest words say most. */
const scoredTermsMax = 256;

/** Each is looked up in each hit; two lines of a snippet show fewer. */
const markedMax = 64;

/** `frequencies`: documents that hold each term, over all shards; a term that is not in it stands in none. */
export function planWords(
  pieces: readonly QueryPiece[],
  { documents, titleTokens, bodyTokens }: LexicalQuery['statistics'],
  frequencies: ReadonlyMap<string, number>,
): LexicalPlan {
  const frequencyOf = ({ term }: QueryPiece) => frequencies.get(term) ?? 0;
  const weighed = pieces.map((piece) => {
    // What no document holds counts as well, as if one did: without it, what the others tell would look like everything.
    const documentFrequency = Math.max(1, frequencyOf(piece));
    const weight = piece.weight * rarityWeight(documents, documentFrequency);
    return { ...piece, weight, documentFrequency, gain: weight * idfOf(documents, documentFrequency) };
  });
  const taken = [...weighed].sort((a, b) => b.gain - a.gain).slice(0, scoredTermsMax);
  const query: LexicalQuery = {
    terms: taken.map(({ term, weight, documentFrequency, group }) => {
      return { term, weight, documentFrequency, group };
    }),
    statistics: { documents, titleTokens, bodyTokens },
  };
  const identifiers = taken.filter((piece) => piece.kind === 'identifier' && frequencyOf(piece) > 0);
  const marked = taken.filter((piece) => frequencyOf(piece) > 0).slice(0, markedMax);
  return {
    lexical: marked.length > 0 ? query : null,
    evidence: {
      terms: groupsOf(taken),
      identifiers: groupsOf(identifiers),
      information: planQuery(query).information,
      lexicalScoreMax: taken.reduce((sum, { gain }) => sum + gain, 0),
    },
    terms: weighed.map((piece) => {
      const { term, surface, kind, weight } = piece;
      return { term, surface, kind, weight, documentFrequency: frequencyOf(piece) };
    }),
    marked: marked.map(({ term }) => term),
  };
}

function groupsOf(pieces: readonly QueryPiece[]): number {
  return new Set(pieces.map(({ group }) => group)).size;
}
