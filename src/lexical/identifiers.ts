// Which pieces of a text are names rather than words, and what parts they have. An error code, a version, a path or a
// name in camelCase is looked for in one of two ways: whole, by somebody who copied it, or by a part of it that somebody
// remembers. So both are terms. A name is never stemmed: `ORA-00942` and a class called `Caches` have no other forms.

import { foldText, isStopWord, stemOf, termLengthMax } from './word-terms.ts';

/** A part of an identifier: a term, and the characters it came from. */
export interface IdentifierPart {
  readonly term: string;
  readonly surface: string;
}

/** A path of 64 characters has at most 32 pieces; the first ones tell most. */
const partsMax = 16;

const camelCase = /\p{Ll}\p{Lu}|\p{Lu}{2,}\p{Ll}/u;
/** `PCs`, `URLs`: a plural, not two words. */
const pluralOfAcronym = /^\p{Lu}{2,}s$/u;
const letters = /^[\p{L}\p{M}]+$/u;
const digits = /^\p{N}+$/u;
/** 32-bit, 2gb, 10th, 3d: a quantity, which stands in texts that have nothing else in common. */
const quantity = /^\p{N}+[-:/]?\p{L}{0,3}$/u;
const clockOrRatio = /^\p{N}+[:/]\p{N}+$/u;
/** An article's or a case's number is a name from this length on; below it is a year or a port. */
const numberDigitsMin = 5;
const version = /^v?(\p{N}+\.\p{N}+)((?:\.\p{N}+)*)/iu;
/** A full stop without a blank behind it: "it failed.Then". */
const missingBlank = /^[\p{Ll}\p{M}]+\.\p{Lu}[\p{Ll}\p{M}]*$/u;
const acronym = /^\p{L}(?:\.\p{L})+$/u;
const plainConnectors = /^[\p{L}\p{M}]+(?:[-:/'’][\p{L}\p{M}]+)*$/u;
/** Where a path, an address or a scoped name falls apart first; what lies between may have parts of its own. */
const outerConnectors = /[/\\@:]+/u;
const innerConnectors = /[-._'’]+/u;
const camelPieces = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}\p{Lo}]+|\p{L}+|\p{N}+/gu;

/** What a run of letters, digits and connectors is. `words`: several, that only connectors hold together. */
export type RunKind = 'word' | 'words' | 'acronym' | 'identifier';

/** `isPath`: a slash, backslash or tilde stands before it. */
export function kindOfRun(run: string, isPath: boolean): RunKind {
  if (letters.test(run)) return isCamelCase(run) ? 'identifier' : 'word';
  if (digits.test(run)) return run.length >= numberDigitsMin ? 'identifier' : 'word';
  if (quantity.test(run) || clockOrRatio.test(run)) return 'word';
  if (acronym.test(run)) return 'acronym';
  if (missingBlank.test(run)) return 'words';
  // One slash is "read/write"; two, or one before it, are a path.
  const slashes = (run.match(/\//g)?.length ?? 0) + (isPath ? 1 : 0);
  if (slashes < 2 && plainConnectors.test(run) && !run.split(/[-:/'’]/).some(isCamelCase)) return 'words';
  return 'identifier';
}

/** The term of an identifier taken whole. */
export function wholeTerm(identifier: string): string {
  return foldText(identifier);
}

/** The distinct terms an identifier is also known by, itself left out; at most `partsMax`. */
export function partsOf(identifier: string): IdentifierPart[] {
  const parts = new Map<string, string>();
  const whole = wholeTerm(identifier);
  const add = (term: string, surface: string) => {
    if (term !== '' && term !== whole && parts.size < partsMax && !parts.has(term)) parts.set(term, surface);
  };
  // "openoffice" is stemmed where it is written in small letters, and has to be met.
  if (letters.test(identifier)) add(stemOf(whole), identifier);
  for (const component of identifier.split(outerConnectors)) addComponent(component, add);
  return [...parts].map(([term, surface]) => ({ term, surface }));
}

function addComponent(component: string, add: (term: string, surface: string) => void): void {
  if (component === '') return;
  const found = version.exec(component);
  if (found !== null) {
    const [numbers, majorMinor = '', rest = ''] = found;
    add(foldText(component), component);
    add(foldText(majorMinor + rest), numbers);
    add(foldText(majorMinor), majorMinor);
    const suffix = component.slice(numbers.length).replace(/^[-._]+/, '');
    if (suffix.length > 1) add(foldText(suffix), suffix);
    return;
  }
  // A file in a folder, a machine in an address: a name in its own right.
  if (!letters.test(component)) add(foldText(component), component);
  for (const piece of component.split(innerConnectors)) addPiece(piece, add);
}

function addPiece(piece: string, add: (term: string, surface: string) => void): void {
  if (!letters.test(piece)) {
    if (piece.length > 1) add(foldText(piece), piece);
    // KB4013429, Error500: a code's number is remembered without what stands before it.
    const number = /^\p{L}{2,}(\p{N}{3,})$/u.exec(piece)?.[1];
    if (number !== undefined) add(number, number);
    return;
  }
  addWord(piece, add);
  if (!isCamelCase(piece)) return;
  for (const [word] of piece.matchAll(camelPieces)) addWord(word, add);
}

function addWord(word: string, add: (term: string, surface: string) => void): void {
  const folded = foldText(word);
  if (folded.length > 1 && !isStopWord(folded)) add(stemOf(folded), word);
}

function isCamelCase(letterRun: string): boolean {
  return letterRun.length <= termLengthMax && camelCase.test(letterRun) && !pluralOfAcronym.test(letterRun);
}
