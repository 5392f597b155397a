// A query's text as the terms to look for, by the rules that documents were taken apart with.

import type { AnalyzedQuery, QueryToken } from './analyzed-text.ts';
import { type TextPiece, visitPieces } from './text-pieces.ts';

/** A pasted ticket of 4 MiB has no more to ask for than its first words do. */
const tokensMax = 1024;

/** Takes cleaned text. Each of the tokens is a term of a document with the same text. */
export function analyzeQuery(text: string): AnalyzedQuery {
  const tokens = new Map<string, QueryToken>();
  const stopWords = new Map<string, QueryToken>();
  let wordCount = 0;
  const add = ({ kind, term, surface, parts }: TextPiece) => {
    wordCount += 1;
    if (kind === 'stop word') {
      addToken(stopWords, { term, surface, kind: 'word', count: 1 });
      return;
    }
    addToken(tokens, { term, surface, kind, count: 1 });
    for (const part of parts) addToken(tokens, { ...part, kind: 'part', count: 1 });
  };
  const skipped = visitPieces(text, add, { isEnough: () => tokens.size === tokensMax });
  return { tokens: [...(tokens.size > 0 ? tokens : stopWords).values()], wordCount: wordCount + skipped };
}

/** What is a word or a name of its own somewhere in the query is no mere part. */
function addToken(tokens: Map<string, QueryToken>, token: QueryToken): void {
  const known = tokens.get(token.term);
  if (known === undefined) {
    if (tokens.size < tokensMax) tokens.set(token.term, token);
    return;
  }
  const { kind, surface } = known.kind === 'part' ? token : known;
  tokens.set(token.term, { term: token.term, kind, surface, count: known.count + 1 });
}
