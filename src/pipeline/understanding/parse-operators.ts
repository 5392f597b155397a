// Reads what people type into a search box: `"a phrase"`, `-word`, `field:value`. Support engineers also paste command
// lines, addresses and error messages into the same box, where the same signs mean nothing of the kind; so whatever is
// not clearly an operator stays text. Reads the text as it was typed: cleaning would mask the times in it.

import { builtInFields } from '../../model/filter.ts';
import { limits } from '../../model/limits.ts';
import type { QuerySyntax } from '../../model/query.ts';
import { type Operator, operatorsMax, readOperator } from './read-operator.ts';

export interface FieldOperator {
  readonly field: string;
  /** As it was typed, without its quotes: `>=3`, `10..20`, `open`. */
  readonly value: string;
  /** In quotes: a text, whatever it looks like. */
  readonly isQuoted: boolean;
  /** `-field:value`: documents of which this holds are no hits. */
  readonly isExcluded: boolean;
  /** UTF-16 units before it in the text. */
  readonly position: number;
}

/** What the operators of a text say; at most `operatorsMax` of each kind, further ones stay text. */
export interface ParsedQuery {
  /** What remains, to be cleaned, embedded and analysed. The words of phrases stay in it. Empty: nothing. */
  readonly text: string;
  readonly phrases: readonly string[];
  readonly excluded: readonly string[];
  readonly excludedPhrases: readonly string[];
  readonly fields: readonly FieldOperator[];
}

/** As people type; a pasted ticket is longer, or has lines. */
const typedLengthMax = 200;
/** A sentence quotes a title or a message, and hardly means that nothing without it will do. */
const wordsBesidePhrasesMax = 6;

/**
 * Reads `text` by `syntax`. `fields`: the attributes that exist, of those that `namedFields` gives; a `field:value` of
 * another name is text (`error: disk full`, `http://x`). In `auto`, words are excluded only when words remain to look
 * for, and quotes in a sentence of more than `wordsBesidePhrasesMax` other words are text. Never throws; without an
 * operator the text is returned as it is.
 */
export function parseOperators(
  text: string,
  syntax: QuerySyntax,
  fields: ReadonlySet<string> = new Set(),
): ParsedQuery {
  const found = withinBounds(operatorsIn(text, syntax, (name) => isBuiltIn(name) || fields.has(name)));
  const isQuoting = syntax === 'auto' && isSentence(text, found);
  const bounded = isQuoting ? found.filter(({ operator }) => operator.type !== 'phrase') : found;
  const parsed = withoutOperators(text, bounded);
  const excludesAll = parsed.excluded.length + parsed.excludedPhrases.length > 0 && !hasWord(parsed.text);
  if (syntax !== 'auto' || !excludesAll) return parsed;
  return withoutOperators(
    text,
    bounded.filter(({ operator }) => operator.type !== 'word' && operator.type !== 'excludedPhrase'),
  );
}

/**
 * The distinct names before a colon that would be fields if documents had such attributes; at most `operatorsMax`. Built-in
 * fields are left out: they always exist. The terms of the whole text hold those of what remains without fields, so both
 * can be asked for at once.
 */
export function namedFields(text: string, syntax: QuerySyntax): string[] {
  const isPossible = (name: string) =>
    !isBuiltIn(name) && Buffer.byteLength(name) <= limits.attributeNameBytesMax;
  const names = operatorsIn(text, syntax, isPossible).flatMap(({ operator }) =>
    operator.type === 'field' ? [operator.field] : [],
  );
  return [...new Set(names)].slice(0, operatorsMax);
}

interface PlacedOperator {
  readonly start: number;
  readonly end: number;
  readonly operator: Operator;
}

/** An operator begins where a word does: at the start, or behind a blank. */
function operatorsIn(
  text: string,
  syntax: QuerySyntax,
  isField: (name: string) => boolean,
): PlacedOperator[] {
  if (syntax === 'plain' || (syntax === 'auto' && !isTyped(text))) return [];
  const rules = { isAuto: syntax === 'auto', isField };
  const found: PlacedOperator[] = [];
  const nextToken = /\S+/gu;
  for (let token = nextToken.exec(text); token !== null; token = nextToken.exec(text)) {
    const start = token.index;
    const read = readOperator(text, { start, end: nextToken.lastIndex }, rules);
    if (read === null) continue;
    found.push({ start, ...read });
    // A phrase has blanks in it; what follows its end without one belongs to no operator.
    nextToken.lastIndex = tokenEnd(text, read.end);
  }
  return found;
}

function tokenEnd(text: string, from: number): number {
  const blank = text.slice(from).search(/\s/);
  return blank < 0 ? text.length : from + blank;
}

function isTyped(text: string): boolean {
  const line = text.trim();
  return line.length <= typedLengthMax && !/[\r\n\u2028\u2029]/.test(line);
}

function isBuiltIn(field: string): boolean {
  return (builtInFields as readonly string[]).includes(field);
}

function withinBounds(found: readonly PlacedOperator[]): PlacedOperator[] {
  const counts = new Map<Operator['type'], number>();
  return found.filter(({ operator: { type } }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return count <= operatorsMax;
  });
}

function withoutOperators(text: string, found: readonly PlacedOperator[]): ParsedQuery {
  if (found.length === 0) return { text, phrases: [], excluded: [], excludedPhrases: [], fields: [] };
  const phrases: string[] = [];
  const excluded: string[] = [];
  const excludedPhrases: string[] = [];
  const fields: FieldOperator[] = [];
  let remaining = '';
  let end = 0;
  for (const { start, end: operatorEnd, operator } of found) {
    remaining += text.slice(end, start);
    end = operatorEnd;
    if (operator.type === 'phrase') {
      phrases.push(operator.phrase);
      remaining += operator.phrase;
    } else if (operator.type === 'word') excluded.push(operator.word);
    else if (operator.type === 'excludedPhrase') excludedPhrases.push(operator.phrase);
    else {
      const { field, value, isQuoted, isExcluded } = operator;
      fields.push({ field, value, isQuoted, isExcluded, position: start });
    }
  }
  const rest = (remaining + text.slice(end)).replace(/[^\S\n]+/g, ' ').trim();
  return { text: hasWord(rest) ? rest : '', phrases, excluded, excludedPhrases, fields };
}

function isSentence(text: string, found: readonly PlacedOperator[]): boolean {
  const parsed = withoutOperators(text, found);
  return wordsIn(parsed.text) - wordsIn(parsed.phrases.join(' ')) > wordsBesidePhrasesMax;
}

function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
