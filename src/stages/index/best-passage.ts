// What a hit shows of its document: two lines of the text, around the place that holds most of what was asked for, with
// the words of the query marked. Found by the same tokens that the lexical index is made of, so whatever made the
// document a hit is what is marked.

import type { TextToken } from '../../lexical/analyzed-text.ts';
import type { Highlight } from '../../model/query.ts';
import type { DocumentRecord } from '../../storage/document-record.ts';

export interface Passage {
  /** One line, at most `snippetCharactersMax` and two ellipses. */
  readonly snippet: string;
  readonly highlights: readonly Highlight[];
}

export interface PassageRequest {
  /** Preferred where several hold as many of the terms. */
  readonly chunk: number;
  /** Empty: the beginning of the chunk. */
  readonly terms: ReadonlySet<string>;
  /** The pieces of a text that have one of these terms. */
  readonly tokensIn: (text: string, asked: ReadonlySet<string>) => readonly TextToken[];
  /** UTF-16 units of the document in which terms are looked for. Default and most: `searchedUnitsMax`. */
  readonly unitsMax?: number;
}

/** For display: about two lines. */
export const snippetCharactersMax = 240;
/** UTF-16 units of a document in which terms are looked for: 32 chunks of the default model, some 5 ms at worst. */
const searchedUnitsMax = 32 * 1_024;
/** A word may be a whole line of base64; a snippet begins at a word when there is one within so many units. */
const wordUnitsMax = 32;

const noHighlights: readonly Highlight[] = [];

interface Line {
  readonly text: string;
  /** Those with asked terms only, in order. */
  readonly matches: readonly TextToken[];
  /** Distinct asked terms. */
  readonly found: number;
}

export function bestPassage(
  record: Pick<DocumentRecord, 'text' | 'spans'>,
  request: PassageRequest,
): Passage {
  const best = request.terms.size === 0 ? null : bestLine(record, request);
  return best === null ? beginningOfChunk(record, request.chunk) : cut(best.text, best.matches);
}

/** Where there is nothing to mark. */
export function beginningOfChunk(record: Pick<DocumentRecord, 'text' | 'spans'>, chunk: number): Passage {
  return { snippet: beginningOf(lineOf(record, chunk, snippetCharactersMax * 2)), highlights: noHighlights };
}

/** The chunk's text on one line. */
function lineOf(
  { text, spans }: Pick<DocumentRecord, 'text' | 'spans'>,
  chunk: number,
  unitsMax: number,
): string {
  const start = spans[chunk * 2] ?? 0;
  const end = Math.min(spans[chunk * 2 + 1] ?? text.length, start + unitsMax);
  // A cut must not leave half of a surrogate pair behind.
  const cut = isLowHalf(text, end) && isHighHalf(text, end - 1) ? end - 1 : end;
  return text.slice(start, cut).replace(/\s+/g, ' ').trim();
}

/** The line with most of the terms: the asked chunk's, or else the first; null when none of them holds any. */
function bestLine(record: Pick<DocumentRecord, 'text' | 'spans'>, request: PassageRequest): Line | null {
  const chunks = Math.max(1, record.spans.length / 2);
  const unitsMax = Math.min(request.unitsMax ?? searchedUnitsMax, searchedUnitsMax);
  let units = 0;
  let best: Line | null = null;
  for (let i = 0; i < chunks && units < unitsMax; i++) {
    // The asked one first, then all others in order.
    const chunk = i === 0 ? request.chunk : i <= request.chunk ? i - 1 : i;
    const text = lineOf(record, chunk, unitsMax - units);
    units += text.length;
    const matches = request.tokensIn(text, request.terms);
    const found = distinctTerms(matches, request.terms);
    if (found > (best?.found ?? 0)) best = { text, matches, found };
    if (best?.found === request.terms.size) break;
  }
  return best;
}

function distinctTerms(matches: readonly TextToken[], asked: ReadonlySet<string>): number {
  const found = new Set<string>();
  for (const { terms } of matches) for (const term of terms) if (asked.has(term)) found.add(term);
  return found.size;
}

/** The line's beginning, cut at a word. */
function beginningOf(line: string): string {
  if (line.length <= snippetCharactersMax) return line;
  const end = endBefore(line, snippetCharactersMax);
  return `${line.slice(0, end)}…`;
}

/** The part of the line with most distinct matches, and as much around them as fits. */
function cut(line: string, matches: readonly TextToken[]): Passage {
  const { first, last } = densest(matches);
  const matchStart = matches[first]?.start ?? 0;
  const matchEnd = Math.min(matches[last]?.end ?? 0, matchStart + snippetCharactersMax);
  const spare = snippetCharactersMax - (matchEnd - matchStart);
  // What leads up to a match says more than what follows the last: but some of each.
  const latestStart = Math.max(0, line.length - snippetCharactersMax);
  const start = startAfter(
    line,
    Math.min(Math.max(0, matchStart - Math.floor(spare / 2)), latestStart),
    matchStart,
  );
  const to = start + snippetCharactersMax;
  const end = to >= line.length ? line.length : Math.max(matchEnd, endBefore(line, to));
  const lead = start > 0 ? '…' : '';
  const snippet = `${lead}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
  const shift = start - lead.length;
  const highlights = matches
    .filter((match) => match.start >= start && match.end <= end)
    .map((match) => ({ start: match.start - shift, end: match.end - shift }));
  return { snippet, highlights };
}

/** The run of matches within one snippet that holds most distinct terms; the first such run. */
function densest(matches: readonly TextToken[]): { readonly first: number; readonly last: number } {
  const counts = new Map<string, number>();
  let best = { first: 0, last: 0, found: 0 };
  let first = 0;
  for (let last = 0; last < matches.length; last++) {
    const newest = matches[last] as TextToken;
    const term = newest.terms[0] ?? '';
    counts.set(term, (counts.get(term) ?? 0) + 1);
    while (newest.end - (matches[first] as TextToken).start > snippetCharactersMax && first < last) {
      const left = (matches[first] as TextToken).terms[0] ?? '';
      const rest = (counts.get(left) ?? 1) - 1;
      if (rest === 0) counts.delete(left);
      else counts.set(left, rest);
      first++;
    }
    if (counts.size > best.found) best = { first, last, found: counts.size };
  }
  return best;
}

/** The first beginning of a word at `from` or behind it, but not behind `latest`. */
function startAfter(line: string, from: number, latest: number): number {
  if (from === 0) return 0;
  const blank = line.indexOf(' ', from - 1);
  if (blank >= 0 && blank + 1 <= latest && blank + 1 - from <= wordUnitsMax) return blank + 1;
  // Within a long word: not between the halves of a surrogate pair.
  return isLowHalf(line, from) ? from + 1 : from;
}

/** The last end of a word at `to` or before it. */
function endBefore(line: string, to: number): number {
  if (line[to] === ' ') return to;
  const blank = line.lastIndexOf(' ', to - 1);
  if (blank > to - snippetCharactersMax / 2) return blank;
  return isLowHalf(line, to) ? to - 1 : to;
}

function isLowHalf(text: string, at: number): boolean {
  return at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

function isHighHalf(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}
