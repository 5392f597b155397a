// From a word as it is written to the term it is indexed by: case and accents folded, and English words by their stem,
// so that "installing" meets "installed". Words of other languages pass through the stemmer mostly unharmed, as its
// rules know English endings only.

import { stemmer } from 'stemmer';
import { eng } from 'stopword';

/** A longer run of characters is no word that anybody types; its beginning tells it apart well enough. */
export const termLengthMax = 64;

const ascii = /^[\x20-\x7e]*$/;
/** The marks on Latin, Greek and Cyrillic letters; vowel signs of other scripts are letters in all but name. */
const accents = /[\u0300-\u036f]/g;
/** Letters that Unicode does not take apart. */
const indivisible: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};
const indivisibleLetters = new RegExp(`[${Object.keys(indivisible).join('')}]`, 'g');
/** What the stemmer has rules for. */
const english = /^[a-z]+$/;

/** 108 words, where Lucene's English analysis leaves out 33. "No" and "not" are none of them: they tell problems apart. */
const stopWords: ReadonlySet<string> = new Set(eng);

/** Lower-case, without accents, at most `termLengthMax` UTF-16 units. Idempotent. */
export function foldText(text: string): string {
  if (ascii.test(text)) return boundTerm(text.toLowerCase());
  const folded = text
    .toLowerCase()
    .normalize('NFD')
    .replace(accents, '')
    .normalize('NFC')
    .replace(indivisibleLetters, (letter) => indivisible[letter] ?? letter);
  return boundTerm(folded);
}

export function isStopWord(folded: string): boolean {
  return stopWords.has(folded);
}

/** The term of a folded word; what holds digits or is not Latin stays as it is. */
export function stemOf(folded: string): string {
  return folded.length > 2 && english.test(folded) ? stemmer(folded) : folded;
}

/** Never cuts a pair of surrogates in two: half a character could not be written to a store. */
function boundTerm(text: string): string {
  if (text.length <= termLengthMax) return text;
  const cut = text.slice(0, termLengthMax);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
