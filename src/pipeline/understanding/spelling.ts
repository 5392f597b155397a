// Which words of a query are replaced by near ones. Only what no document holds is a mistake here, as no dictionary knows
// the products and names of a company; and never a name or a number, where one letter more is another thing.

import type { QueryToken } from '../../lexical/analyzed-text.ts';
import type { TermAnswer } from '../../stages/index/index-messages.ts';

export interface Correction {
  /** The term that no document holds, and the query's word that it came from. */
  readonly term: string;
  readonly surface: string;
  /** A term of the index: mostly a stem. */
  readonly to: string;
  /** Documents that hold it. */
  readonly documentFrequency: number;
}

/** A query with more unknown words than this is in another language, or no words at all. */
const correctionsMax = 8;
/** A shard looks through its vocabulary for each, about a millisecond; a pasted ticket is not spelled anew. */
const askedMax = 32;
/** A word of three letters is one letter away from dozens. */
const lettersMin = 4;
const lettersOnly = /^[\p{L}\p{M}]+$/u;

/** The terms to ask suggestions for, before it is known which of them no document holds. Distinct, the first ones. */
export function correctableTerms(tokens: readonly QueryToken[]): string[] {
  const terms = tokens.filter(isCorrectable).map(({ term }) => term);
  return terms.slice(0, askedMax);
}

export interface SpellingFacts {
  readonly tokens: readonly QueryToken[];
  /** Over all shards; a term that is missing here counts as known. */
  readonly documentFrequencies: ReadonlyMap<string, number>;
  /** What was asked (`TermQuestion.misspelt`), and each shard's answer to it. */
  readonly asked: readonly string[];
  readonly answers: readonly TermAnswer['suggestions'][];
}

/** The nearest suggestion for each word that no document of any shard holds, the most frequent of the nearest. */
export function chooseCorrections({
  tokens,
  documentFrequencies,
  asked,
  answers,
}: SpellingFacts): Correction[] {
  const corrections: Correction[] = [];
  for (const token of tokens) {
    if (corrections.length === correctionsMax) break;
    const at = asked.indexOf(token.term);
    if (at < 0 || !isCorrectable(token) || documentFrequencies.get(token.term) !== 0) continue;
    const best = bestOf(answers.flatMap((answer) => answer[at] ?? []));
    if (best === null) continue;
    const { term, surface } = token;
    corrections.push({ term, surface, to: best.term, documentFrequency: best.documentFrequency });
  }
  return corrections;
}

/** `text` with its words replaced, for "searched for … instead"; whole words, whatever their case. */
export function correctedText(text: string, corrections: readonly Correction[]): string {
  const replacements = new Map(corrections.map(({ surface, to }) => [surface.toLowerCase(), to]));
  return text.replace(/[\p{L}\p{N}\p{M}_]+/gu, (word) => replacements.get(word.toLowerCase()) ?? word);
}

function isCorrectable({ kind, term, surface }: QueryToken): boolean {
  return kind === 'word' && lettersOnly.test(term) && [...surface].length >= lettersMin;
}

type Suggestion = TermAnswer['suggestions'][number][number];

/** Shards suggest the same term each with their own documents: those are added. Ties go by the alphabet, to be repeatable. */
function bestOf(suggestions: readonly Suggestion[]): Suggestion | null {
  const merged = new Map<string, Suggestion>();
  for (const suggestion of suggestions) {
    const known = merged.get(suggestion.term);
    const documentFrequency = suggestion.documentFrequency + (known?.documentFrequency ?? 0);
    const distance = Math.min(suggestion.distance, known?.distance ?? suggestion.distance);
    merged.set(suggestion.term, { term: suggestion.term, documentFrequency, distance });
  }
  const [best] = [...merged.values()].sort(
    (a, b) =>
      a.distance - b.distance || b.documentFrequency - a.documentFrequency || (a.term < b.term ? -1 : 1),
  );
  return best ?? null;
}
