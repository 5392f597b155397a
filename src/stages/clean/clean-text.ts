// Cleaning: one spelling for what reads the same, and no noise. Documents and queries go through the same function, or
// a question could never be as near to its answer as it should.

import { maskNoise } from './mask-noise.ts';

/** Nothing but printable ASCII and line breaks: the Unicode steps would change nothing. */
const plainAscii = /^[\n\x20-\x7e]*$/;
/** Terminal colours and cursor movements, as copied from a console. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const terminalSequence = /\u001b\[[0-9;?]{0,32}[A-Za-z]/g;
const lineBreak = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
/**
 * Controls, zero-width and bidirectional marks, soft hyphens, variation selectors, lone surrogates, and what a decoder
 * left where it gave up. Nobody sees them, and each makes another word of the word it hides in.
 */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\ufffd]/gu;

/**
 * The longest run of marks (accents, vowel signs) that UAX #15 calls stream-safe; no script writes more on one letter.
 * Normalising sorts each run in quadratic time: 4 MiB of marks would hold the thread for a quarter of an hour.
 */
const longRunOfMarks = /(?<!\p{M})(\p{M}{30})\p{M}+/gu;

/** `text` without the marks that normalising it could not cope with. */
export function boundMarks(text: string): string {
  return text.replace(longRunOfMarks, '$1');
}

/** The lines of `text` in NFKC, blanks single, at most one empty line in a row, volatile noise masked. Idempotent. */
export function cleanText(text: string): string {
  const unicode = plainAscii.test(text) ? text : normaliseUnicode(text);
  return maskNoise(normaliseBlanks(unicode));
}

/** What a query's text becomes before it is embedded: exactly what the same text in a document becomes. */
export function cleanQuery(text: string): string {
  return cleanText(text);
}

/** A title is one line. */
export function cleanTitle(title: string): string {
  return cleanText(title).replace(/\n+/g, ' ');
}

/** Invisible characters go first: what they kept apart can then be composed. */
function normaliseUnicode(text: string): string {
  const visible = text.replace(terminalSequence, '').replace(lineBreak, '\n').replace(invisible, '');
  // Once more behind it, as one mark may come apart into several: cleaning what is clean changes nothing.
  return boundMarks(boundMarks(visible).normalize('NFKC'));
}

function normaliseBlanks(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
