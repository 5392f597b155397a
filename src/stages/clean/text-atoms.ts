// The smallest pieces a text is cut into: words between blanks, each with its number of tokens. BERT's rules never look
// past a blank, so the tokens of a span are the sum of its words' tokens, and each word is measured only once.

import type { ModelTokenizer } from '../../embedding/embedding-provider.ts';

/** How well a text can be cut behind an atom, best last. `inside`: in the middle of a word that fits in no chunk. */
export const strength = { inside: 0, word: 1, sentence: 2, line: 3, paragraph: 4 } as const;
export type Strength = (typeof strength)[keyof typeof strength];

export interface Atom {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** At least 1, so that a chunk is bounded in atoms too, even in those that the model does not see. */
  readonly tokens: number;
  readonly strengthBehind: Strength;
}

/** Longer than any path or identifier; such a word has more tokens than a chunk, so it is not even measured whole. */
const wordCharactersMax = 1_000;
/** The model reads a run of more than 100 letters and digits as one unknown word: it must be cut to be seen at all. */
const unreadableRun = /[\p{L}\p{N}\p{M}]{101}/u;
/** Whole code points; what is no letter stays with the letters before it. 32 keeps the tokenizer's own work small. */
const wordPiece = /[\p{L}\p{N}\p{M}]{1,32}[^\p{L}\p{N}\p{M}\s]{0,4}|[^\p{L}\p{N}\p{M}\s]{1,4}/gu;
const sentenceEnd = /[.!?;:。！？；][)\]"'”’]{0,3}$/;
/** Words between two reports of progress: about a millisecond. */
const wordsPerUnit = 2_048;

/** Atoms have at most `atomTokensMax` tokens, and cover every character of `text` that is no blank. */
export function atomsOf(
  text: string,
  {
    tokenizer,
    atomTokensMax,
    onUnit,
  }: {
    readonly tokenizer: ModelTokenizer;
    readonly atomTokensMax: number;
    readonly onUnit: () => void;
  },
): Atom[] {
  const atoms: Atom[] = [];
  let words = 0;
  for (const match of text.matchAll(/\S+/g)) {
    words += 1;
    if (words % wordsPerUnit === 0) onUnit();
    const [word] = match;
    const start = match.index;
    const end = start + word.length;
    const strengthBehind = strengthAt(text, word, end);
    const tokens = isReadable(word) ? tokensOf(word, tokenizer) : Number.POSITIVE_INFINITY;
    if (tokens <= atomTokensMax) atoms.push({ start, end, tokens, strengthBehind });
    else appendPieces(atoms, { word, start, strengthBehind }, tokenizer, onUnit);
  }
  return atoms;
}

function isReadable(word: string): boolean {
  return word.length <= 100 || (word.length <= wordCharactersMax && !unreadableRun.test(word));
}

function tokensOf(word: string, tokenizer: ModelTokenizer): number {
  return Math.max(1, tokenizer.countTokens(word));
}

function appendPieces(
  atoms: Atom[],
  whole: { readonly word: string; readonly start: number; readonly strengthBehind: Strength },
  tokenizer: ModelTokenizer,
  onUnit: () => void,
): void {
  let pieces = 0;
  for (const match of whole.word.matchAll(wordPiece)) {
    pieces += 1;
    if (pieces % wordsPerUnit === 0) onUnit();
    const [piece] = match;
    const start = whole.start + match.index;
    const isLast = match.index + piece.length === whole.word.length;
    atoms.push({
      start,
      end: start + piece.length,
      tokens: tokensOf(piece, tokenizer),
      strengthBehind: isLast ? whole.strengthBehind : strength.inside,
    });
  }
}

/** Cleaned text has at most one blank or two line breaks between words. */
function strengthAt(text: string, word: string, end: number): Strength {
  if (text.charCodeAt(end) === 0x0a)
    return text.charCodeAt(end + 1) === 0x0a ? strength.paragraph : strength.line;
  return sentenceEnd.test(word.length > 8 ? word.slice(-8) : word) ? strength.sentence : strength.word;
}
