// What a shard knows about words, asked before a search: how frequent they are, so that all shards score alike; what
// might have been meant by those that nobody has written; and which names before a colon are attributes.

import type { TermStatistics } from '../../lexical/lexical-query.ts';
import { SpellingBudget } from '../../lexical/spelling-budget.ts';
import type { CollectionWords } from './collection-words.ts';
import type { TermAnswer, TermQuestion } from './index-messages.ts';
import { namedCollections } from './searched-collection.ts';
import type { ShardState } from './shard-state.ts';

type Suggestion = TermAnswer['suggestions'][number][number];

/**
 * Rarer terms are counted document by document. The statistics count replaced versions until a merge drops them, and one
 * document of four versions would look like four: too many to be pinned by its error code.
 */
const countedMax = 64;

/** Whoever asks takes one of them, after hearing all shards: a word rare here may be the most frequent overall. */
const suggestionsMax = 8;

/** Calls `giveWay` for each collection, and between corrections. */
export function describeTerms(state: ShardState, question: TermQuestion, giveWay: () => void): TermAnswer {
  const rows = namedCollections(state, question.collections);
  const words = rows.flatMap(({ name }) => state.words.get(name) ?? []);
  const budget = new SpellingBudget(giveWay);
  return {
    statistics: statisticsOf(words, question.terms, giveWay),
    suggestions: question.misspelt.map((term) => {
      giveWay();
      return suggestionsFor(words, term, budget);
    }),
    fieldsExist: question.fields.map((field) =>
      rows.some(({ number }) => state.store.attributes.hasField(number, field)),
    ),
  };
}

function statisticsOf(
  words: readonly CollectionWords[],
  terms: readonly string[],
  giveWay: () => void,
): TermStatistics {
  const sum = { documents: 0, titleTokens: 0, bodyTokens: 0, documentFrequencies: terms.map(() => 0) };
  for (const { lexical } of words) {
    giveWay();
    const own = lexical.statistics(terms);
    sum.documents += own.documents;
    sum.titleTokens += own.titleTokens;
    sum.bodyTokens += own.bodyTokens;
    sum.documentFrequencies = sum.documentFrequencies.map(
      (frequency, i) => frequency + frequencyIn(lexical, terms[i] ?? '', own.documentFrequencies[i] ?? 0),
    );
  }
  return sum;
}

function frequencyIn(lexical: CollectionWords['lexical'], term: string, counted: number): number {
  if (counted === 0 || counted > countedMax) return counted;
  let live = 0;
  lexical.forEachLabel(term, () => {
    live++;
  });
  return live;
}

/** Of all collections; the nearest first, and of those the most frequent. */
function suggestionsFor(
  words: readonly CollectionWords[],
  term: string,
  budget: SpellingBudget,
): Suggestion[] {
  const isHeld = ({ lexical }: CollectionWords) =>
    frequencyIn(lexical, term, lexical.statistics([term]).documentFrequencies[0] ?? 0) > 0;
  if (words.some(isHeld)) return [];
  budget.startWord();
  const byTerm = new Map<string, Suggestion>();
  for (const { lexical } of words) {
    for (const suggestion of lexical.suggest(term, suggestionsMax, budget)) {
      const documentFrequency =
        suggestion.documentFrequency + (byTerm.get(suggestion.term)?.documentFrequency ?? 0);
      byTerm.set(suggestion.term, { ...suggestion, documentFrequency });
    }
  }
  return [...byTerm.values()]
    .sort((a, b) => a.distance - b.distance || b.documentFrequency - a.documentFrequency)
    .slice(0, suggestionsMax);
}
