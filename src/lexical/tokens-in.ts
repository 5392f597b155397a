// Where the terms of a text stand in it, for marking what a query has found. Analysis remembers spellings, not places,
// so the places are found again: pieces come in the order of the text, as they stand in it.

import type { TextToken } from './analyzed-text.ts';
import { type TextPiece, visitPieces } from './text-pieces.ts';

/** The scripts that analysis takes apart into pairs of neighbouring characters. */
const unspaced =
  /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+$/u;

/**
 * The pieces of the text in order; pairs of characters overlap. `asked`: only those with one of these terms. Default: all,
 * those that give no term included.
 */
export function tokensIn(text: string, asked: ReadonlySet<string> | null = null): TextToken[] {
  const tokens: TextToken[] = [];
  let start = 0;
  let end = 0;
  visitPieces(text, (piece) => {
    const { surface } = piece;
    // 検索 and 索す of 検索す: the second begins within the first.
    const isOverlapping = end > start && overlaps(text, { start, end }, surface);
    const place = text.indexOf(surface, isOverlapping ? start + characterLength(text, start) : end);
    if (place < 0) return;
    start = place;
    end = place + surface.length;
    if (asked === null || isAsked(piece, asked)) tokens.push({ start, end, terms: termsOf(piece) });
  });
  return tokens;
}

function isAsked({ kind, term, parts }: TextPiece, asked: ReadonlySet<string>): boolean {
  return kind !== 'stop word' && (asked.has(term) || parts.some((part) => asked.has(part.term)));
}

function termsOf({ kind, term, parts }: TextPiece): string[] {
  return kind === 'stop word' ? [] : [term, ...parts.map((part) => part.term)];
}

/** Whether the surface stands one character behind the beginning of the last token, before its end. */
function overlaps(
  text: string,
  last: { readonly start: number; readonly end: number },
  surface: string,
): boolean {
  const next = last.start + characterLength(text, last.start);
  return next < last.end && unspaced.test(surface) && text.startsWith(surface, next);
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
