// One operator of a typed query, if one stands at a given place. Every rule here is there to leave alone what people
// paste: options of commands, addresses, paths, times, quoted JSON.

/** A word that documents must not have is `word`, a phrase that they must have is `phrase`. */
export type Operator =
  | { readonly type: 'phrase'; readonly phrase: string }
  | { readonly type: 'word'; readonly word: string }
  | { readonly type: 'excludedPhrase'; readonly phrase: string }
  | {
      readonly type: 'field';
      readonly field: string;
      readonly value: string;
      readonly isQuoted: boolean;
      readonly isExcluded: boolean;
    };

export interface OperatorAt {
  readonly operator: Operator;
  /** Behind its last character, and behind a comma that follows it. */
  readonly end: number;
}

export interface ReadingRules {
  /** Only what people type as operators, as opposed to a caller who has said that there are some. */
  readonly isAuto: boolean;
  /** Whether documents have such an attribute. */
  readonly isField: (name: string) => boolean;
}

/** Of each kind in one query: people type two or three. */
export const operatorsMax = 16;

/** A sentence; and a bound of how far a closing quote is looked for. */
const phraseLengthMax = 200;

const closingQuotes: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»' };

/** A letter first: `12:30` is a time. One letter alone is a drive: `C:\Windows`. */
const fieldName = /^([\p{L}_$][\p{L}\p{N}_.$-]{1,127}):/u;
/** An address (`http://`), a path, or a name in C++ (`std::vector`). */
const noValue = /^[/\\:]/u;
/** In `auto`, `-rf` and `-5` are options of a command, `--force` and `-Dname=value` too. */
const typedExclusion = /^\p{L}[\p{L}\p{N}]{2}[\p{L}\p{N}_.-]*$/u;
const wordStart = /^[\p{L}\p{N}]/u;
const letterOrDigit = /[\p{L}\p{N}]/u;
const sentenceEnd = /[,;.!?]/;

/** `token`: a run without blanks; an operator that begins with it may end later, when it is in quotes. Null: it is text. */
export function readOperator(
  text: string,
  token: { readonly start: number; readonly end: number },
  { isAuto, isField }: ReadingRules,
): OperatorAt | null {
  const isExcluded = text[token.start] === '-';
  const start = isExcluded ? token.start + 1 : token.start;
  const quoted = readQuoted(text, start);
  if (quoted !== null) {
    const type = isExcluded ? 'excludedPhrase' : 'phrase';
    return { operator: { type, phrase: quoted.inside }, end: quoted.end };
  }
  const rest = text.slice(start, token.end);
  const name = fieldName.exec(rest)?.[1];
  const named =
    name !== undefined && isField(name) ? readField(text, { name, start, end: token.end, isExcluded }) : null;
  if (named !== null || !isExcluded) return named;
  return readExclusion(rest, { start, isAuto });
}

/** A closing quote ends a word; one that is followed by a letter, a colon or a brace is part of something pasted. */
function readQuoted(text: string, start: number): { readonly inside: string; readonly end: number } | null {
  const closing = closingQuotes[text[start] ?? ''];
  if (closing === undefined) return null;
  const reach = text.slice(start + 1, start + 2 + phraseLengthMax);
  const length = reach.indexOf(closing);
  if (length < 1 || /^\s/.test(reach)) return null;
  const inside = reach.slice(0, length);
  const end = start + length + 2;
  const isEnd = end === text.length || /[\s,;.!?)]/.test(text[end] as string);
  if (!isEnd || /[\r\n]/.test(inside) || !letterOrDigit.test(inside)) return null;
  return { inside: inside.trim(), end };
}

function readField(
  text: string,
  { name, start, end, isExcluded }: { name: string; start: number; end: number; isExcluded: boolean },
): OperatorAt | null {
  const valueStart = start + name.length + 1;
  const quoted = readQuoted(text, valueStart);
  if (quoted !== null) {
    const { inside: value } = quoted;
    return { operator: { type: 'field', field: name, value, isQuoted: true, isExcluded }, end: quoted.end };
  }
  const value = withoutEnd(text.slice(valueStart, end), /[,;]/);
  if (!letterOrDigit.test(value) || noValue.test(value)) return null;
  const operator: Operator = { type: 'field', field: name, value, isQuoted: false, isExcluded };
  return { operator, end };
}

function readExclusion(
  rest: string,
  { start, isAuto }: { readonly start: number; readonly isAuto: boolean },
): OperatorAt | null {
  const word = withoutEnd(rest, sentenceEnd);
  if (!(isAuto ? typedExclusion : wordStart).test(word)) return null;
  return { operator: { type: 'word', word }, end: start + rest.length };
}

/** A loop, as an expression that looks for the end of a run starts anew at each of its characters. */
function withoutEnd(text: string, sign: RegExp): string {
  let { length } = text;
  while (length > 0 && sign.test(text[length - 1] as string)) length -= 1;
  return text.slice(0, length);
}
