// What phrases and excluded words ask of the shards: terms, by which the index narrows documents down, and texts, by which
// each of those is then read.

import { visitPieces } from '../../lexical/text-pieces.ts';
import { cleanQuery } from '../../stages/clean/clean-text.ts';
import type { Constraint } from '../../stages/index/index-messages.ts';
import type { ParsedQuery } from './parse-operators.ts';

export type WordConstraint = Pick<Constraint, 'phrases' | 'excludedTerms' | 'excludedPhrases'>;

/** An excluded word that analysis takes apart (`-end-to-end`) is excluded as a phrase: none of its words alone is meant. */
export function wordConstraintOf({
  phrases,
  excluded,
  excludedPhrases,
}: Pick<ParsedQuery, 'phrases' | 'excluded' | 'excludedPhrases'>): WordConstraint {
  const excludedTerms = new Set<string>();
  const asPhrases: string[] = [...excludedPhrases];
  for (const word of excluded) {
    const terms = wholeTermsOf(word);
    const [only] = terms;
    if (only !== undefined && terms.length === 1) excludedTerms.add(only);
    else asPhrases.push(word);
  }
  return {
    phrases: phrases.map(phraseOf),
    excludedTerms: [...excludedTerms],
    excludedPhrases: asPhrases.map(phraseOf),
  };
}

type Phrase = Constraint['phrases'][number];

/**
 * `terms`: each is in every document that has the phrase. An identifier is represented by its parts, as in a document it
 * may be a piece of a longer one; stop words are in no index. Empty: the phrase narrows nothing down.
 */
function phraseOf(phrase: string): Phrase {
  const text = cleanQuery(phrase);
  const terms = new Set<string>();
  visitPieces(text, ({ kind, term, parts }) => {
    if (kind === 'stop word') return;
    for (const narrowing of parts.length > 0 ? parts : [{ term }]) terms.add(narrowing.term);
  });
  return { text, terms: [...terms] };
}

/** Stop words included, parts of identifiers not. */
function wholeTermsOf(word: string): string[] {
  const terms: string[] = [];
  visitPieces(cleanQuery(word), ({ term }) => terms.push(term));
  return terms;
}
