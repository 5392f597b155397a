// The text form of a filter, cut into words, quoted texts, quoted names and signs. Each knows where it stands, so that a
// fault can be pointed at.

import { KmsError } from '../base/errors.ts';

export type FilterToken =
  | { readonly type: 'word'; readonly text: string; readonly at: number }
  /** `"a text"` or `'a text'`, its escapes resolved. */
  | { readonly type: 'text'; readonly text: string; readonly at: number }
  /** `` `a name` ``: the name of a field that is no plain word. */
  | { readonly type: 'name'; readonly text: string; readonly at: number }
  | { readonly type: 'sign'; readonly text: string; readonly at: number }
  | { readonly type: 'end'; readonly text: string; readonly at: number };

/** Longer ones first. */
const signs = ['<..<', '..<', '<..', '..', '!=', '>=', '<=', '(', ')', ',', '=', '>', '<'];
const blank = /\s/;
const wordEnd = /[\s()=!<>,"'`]/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The fault of a filter's text. `at`, and facts.position: UTF-16 units from its start; the message counts from 1. */
export function filterFault(at: number, expected: string): KmsError {
  const description = `character ${at + 1}: ${expected}`;
  return new KmsError('invalid_argument', `filter, ${description}`, {
    violations: [{ field: 'filter', description }],
    facts: { position: at },
  });
}

/** The last token is of type `end`. Throws `invalid_argument` at a quote that is not closed. */
export function filterTokens(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at] as string;
    const sign = signs.find((each) => text.startsWith(each, at));
    if (blank.test(character)) {
      at++;
    } else if (sign !== undefined) {
      tokens.push({ type: 'sign', text: sign, at });
      at += sign.length;
    } else if (character === '`') {
      const { value, end } = quotedName(text, at);
      tokens.push({ type: 'name', text: value, at });
      at = end;
    } else if (character === '"' || character === "'") {
      const { value, end } = quotedText(text, at, character);
      tokens.push({ type: 'text', text: value, at });
      at = end;
    } else {
      const end = endOfWord(text, at);
      tokens.push({ type: 'word', text: text.slice(at, end), at });
      at = end;
    }
  }
  tokens.push({ type: 'end', text: '', at: text.length });
  return tokens;
}

/** A single sign that begins nothing, as `!`, is a word of its own. */
function endOfWord(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && !wordEnd.test(text[end] as string) && !text.startsWith('..', end)) end++;
  return end;
}

/** Two backticks in a row are one. */
function quotedName(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '`') value += text[at];
    else if (text[at + 1] === '`') {
      value += '`';
      at++;
    } else return { value, end: at + 1 };
  }
  throw filterFault(start, 'the name that begins here has no closing backtick');
}

function quotedText(
  text: string,
  start: number,
  quote: string,
): { readonly value: string; readonly end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] as string;
    if (character === quote) return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    at++;
    const escaped = text[at];
    if (escaped === 'u') {
      const digits = text.slice(at + 1, at + 5);
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw filterFault(at - 1, '\\u needs four hexadecimal digits');
      value += String.fromCharCode(Number.parseInt(digits, 16));
      at += 4;
    } else value += escapes[escaped ?? ''] ?? escaped ?? '';
  }
  throw filterFault(start, `the text that begins here has no closing ${quote}`);
}
