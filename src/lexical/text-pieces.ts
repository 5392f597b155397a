// Takes a text apart into the pieces that become terms: words, identifiers, and pairs of neighbouring characters where a
// script writes no blanks. What a piece is depends on nothing beyond the blanks around it, so the work is done once for
// each spelling and remembered: a text costs a map look-up a word.

import { TwoGenerationCache } from '../base/two-generation-cache.ts';
import { type IdentifierPart, kindOfRun, partsOf, wholeTerm } from './identifiers.ts';
import { foldText, isStopWord, stemOf } from './word-terms.ts';

export interface TextPiece {
  readonly kind: 'word' | 'stop word' | 'identifier';
  readonly term: string;
  /** As it stands in the text. */
  readonly surface: string;
  /** Of an identifier; distinct, none is the term itself. */
  readonly parts: readonly IdentifierPart[];
}

export interface VisitOptions {
  /** Called every ten milliseconds or so. */
  readonly onUnit?: () => void;
  /** Asked between two units: true ends the visit. */
  readonly isEnough?: () => boolean;
}

/** UTF-16 units between two calls: at 2 to 5 µs for a new word, 5 to 20 ms. */
const unitLength = 16_384;
/** Some 200 bytes each: 13 MB a thread. A support corpus has fewer spellings that come again. */
const spellingsRememberedMax = 65_536;
/** A longer one is a path or a line of a script without blanks: seldom seen twice. */
const spellingLengthMax = 40;
/**
 * What is written without blanks is taken apart so much at a time: a line of 4 MiB would be one piece of work, and the
 * expressions below would need a stack as deep as it is long. A pair of characters is lost at each cut, and a name may
 * become two.
 */
const unbrokenLengthMax = 4_096;
/** How far back from there a better place to cut is looked for. */
const cutLookBack = 256;

const blank = 0x20;
/**
 * Letters, marks and digits, held together by connectors that stand between them. Quantifiers are disjoint, so the scan
 * is linear. `++` and `#` belong to the names of languages.
 */
const runs =
  /[\p{L}\p{N}\p{M}]+(?:(?:_+|::|:?\\{1,2}|[-./:@'’])[\p{L}\p{N}\p{M}]+)*(?:(?<=(?<![\p{L}\p{N}])[cfCF])#|(?<=[a-zA-Z])\+\+)?/gu;
/** Scripts without blanks between words, and Korean, whose blanks stand between phrases. */
const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+/gu;
/**
 * Three rows or more of nothing but numbers, two at least a row: what vmstat or a spreadsheet prints. Nobody looks for one
 * of them, and hundreds of them make a short text seem long. Addresses and versions have more than one point.
 */
const tablesOfNumbers =
  /^[-+]?\d+(?:[.,]\d+)?%?(?: [-+]?\d+(?:[.,]\d+)?%?)+(?:\n[-+]?\d+(?:[.,]\d+)?%?(?: [-+]?\d+(?:[.,]\d+)?%?)+){2,}$/gm;
/** Most of what is new in a text. */
const plainWord = /^[A-Z]?[a-z]+$/;
const ascii = /^[\x20-\x7e]*$/;
/** Where no run ends. Halves of a character beyond U+FFFF too. */
const withinRun = /[\p{L}\p{N}\p{M}\p{Cs}_:\\\-./@'’+#]/u;
const noParts: readonly IdentifierPart[] = [];

const remembered = new TwoGenerationCache<string, readonly TextPiece[]>(spellingsRememberedMax);

/**
 * Calls `visit` for each piece of the text, in order, until it is enough. Returns how many runs between blanks were not
 * visited, which is about as many words.
 */
export function visitPieces(
  written: string,
  visit: (piece: TextPiece) => void,
  { onUnit, isEnough }: VisitOptions = {},
): number {
  const text = written.replace(tablesOfNumbers, '');
  const { length } = text;
  let start = 0;
  let unitEnd = unitLength;
  while (start < length) {
    if (start >= unitEnd) {
      onUnit?.();
      if (isEnough?.() === true) return countRuns(text, start);
      unitEnd = start + unitLength;
    }
    while (start < length && isBeforeWord(text.charCodeAt(start))) start += 1;
    let end = start;
    const endMax = Math.min(length, start + unbrokenLengthMax);
    while (end < endMax && text.charCodeAt(end) > blank) end += 1;
    if (end === endMax && end < length) end = cutBefore(text, end);
    const next = end;
    while (end > start && isBehindWord(text.charCodeAt(end - 1))) end -= 1;
    if (end > start) for (const piece of piecesOf(text.slice(start, end))) visit(piece);
    start = next;
  }
  return 0;
}

/** A place at `end` or before it where no run is cut; failing that, where no character is. */
function cutBefore(text: string, end: number): number {
  for (let at = end; at > end - cutLookBack; at--) if (!withinRun.test(text.charAt(at - 1))) return at;
  const isWithinPair = (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return isWithinPair ? end - 1 : end;
}

function countRuns(text: string, from: number): number {
  let runCount = 0;
  let isInRun = false;
  for (let at = from; at < text.length; at++) {
    const wasInRun = isInRun;
    isInRun = text.charCodeAt(at) > blank;
    if (isInRun && !wasInRun) runCount += 1;
  }
  return runCount;
}

/** Blanks and opening marks. A slash or a tilde is left where it is: it makes a path of what follows. */
function isBeforeWord(code: number): boolean {
  return code <= blank || code === 0x22 || code === 0x27 || code === 0x28 || code === 0x5b;
}

/** `"`, `'`, `)`, `,`, `.`, `:`, `;`, `?`, `!`, `]`: without them, one word has fewer spellings. */
function isBehindWord(code: number): boolean {
  switch (code) {
    case 0x21:
    case 0x22:
    case 0x27:
    case 0x29:
    case 0x2c:
    case 0x2e:
    case 0x3a:
    case 0x3b:
    case 0x3f:
    case 0x5d:
      return true;
    default:
      return false;
  }
}

function piecesOf(spelling: string): readonly TextPiece[] {
  if (spelling.length > spellingLengthMax) return analyzeSpelling(spelling);
  const known = remembered.get(spelling);
  if (known !== undefined) return known;
  const own = ownCopy(spelling);
  const pieces = analyzeSpelling(own);
  remembered.set(own, pieces);
  return pieces;
}

/**
 * A slice keeps the text alive that it was cut from, up to 4 MiB for one remembered word. V8 copies slices of fewer than
 * 13 characters by itself.
 */
function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}

function analyzeSpelling(spelling: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  if (plainWord.test(spelling)) addWord(spelling, pieces);
  else for (const match of spelling.matchAll(runs)) addRun(match[0], match.index, spelling, pieces);
  // Of accents without a letter nothing is left.
  return pieces.filter(({ term }) => term !== '');
}

function addRun(run: string, index: number, spelling: string, pieces: TextPiece[]): void {
  if (ascii.test(run)) {
    addSpacedRun(run, { spelling, start: index }, pieces);
    return;
  }
  let end = 0;
  for (const match of run.matchAll(unspaced)) {
    if (match.index > end) addBetween(run.slice(end, match.index), pieces);
    addPairs(match[0], pieces);
    end = match.index + match[0].length;
  }
  if (end === 0) addSpacedRun(run, { spelling, start: index }, pieces);
  else if (end < run.length) addBetween(run.slice(end), pieces);
}

/** What stands between characters of an unspaced script, without the connectors at its ends. */
function addBetween(text: string, pieces: TextPiece[]): void {
  for (const match of text.matchAll(runs))
    addSpacedRun(match[0], { spelling: text, start: match.index }, pieces);
}

function addSpacedRun(
  run: string,
  { spelling, start }: { readonly spelling: string; readonly start: number },
  pieces: TextPiece[],
): void {
  const next = spelling.slice(start + run.length, start + run.length + 3);
  // Each link starts with it: it says nothing.
  if (next === '://') return;
  const isPath = start > 0 && /[/\\~]/.test(spelling[start - 1] as string);
  if (!isPath && spelling.length > spellingLengthMax && run.length <= spellingLengthMax) {
    // A long spelling is not remembered, what it is made of may be: by itself it is taken apart in the same way.
    pieces.push(...piecesOf(run));
    return;
  }
  const kind = kindOfRun(run, isPath);
  if (kind === 'identifier') {
    pieces.push({ kind, term: wholeTerm(run), surface: run, parts: partsOf(run) });
  } else if (kind === 'words') {
    for (const word of run.split(/[-.:/]/)) addWord(word, pieces);
  } else {
    addWord(run, pieces, kind === 'acronym' ? run.replaceAll('.', '') : run);
  }
}

/** `word`: what of it is looked for. */
function addWord(surface: string, pieces: TextPiece[], word = surface): void {
  const folded = foldText(word.replace(/['’]s$/i, '').replace(/['’]/g, ''));
  if (folded === '') return;
  if (isStopWord(folded)) pieces.push({ kind: 'stop word', term: folded, surface, parts: noParts });
  else pieces.push({ kind: 'word', term: stemOf(folded), surface, parts: noParts });
}

/** 「検索する」 becomes 検索, 索す, する; a character that stands alone is a term itself. */
function addPairs(text: string, pieces: TextPiece[]): void {
  const characters = [...text];
  const last = Math.max(1, characters.length - 1);
  for (let i = 0; i < last; i++) {
    const surface = (characters[i] as string) + (characters[i + 1] ?? '');
    pieces.push({ kind: 'word', term: foldText(surface), surface, parts: noParts });
  }
}
