// Splits a cleaned text into overlapping chunks that the model reads whole: nothing behind its token limit is lost, and
// a document is found by its best chunk. Every chunk but the first starts with the title, which says what it is about.

import type { ModelTokenizer } from '../../embedding/embedding-provider.ts';
import type { Chunk } from './clean-messages.ts';
import { type Atom, atomsOf, strength } from './text-atoms.ts';

export interface ChunkOptions {
  readonly tokenizer: ModelTokenizer;
  /** Length of the title at the start of the text, UTF-16 units. */
  readonly titleLength: number;
  /** Called now and then in a long text, as a sign of life. */
  readonly onUnit?: () => void;
}

/** [CLS] and [SEP]. */
const specialTokens = 2;
/** A title is 8 to 20 tokens; more of it would take the room of the text. */
const titleTokensMax = 48;
/** What is said across a cut stays together in one of the two chunks: two to three sentences. */
const overlapTokensMin = 16;
const overlapTokens = 32;
const overlapTokensMax = 48;
/** A cut at the end of a paragraph is worth giving up this much of a chunk. */
const fillMin = 0.6;
/** One Hangul syllable is taken apart into up to three letters; no other character gives more tokens. */
const tokensPerUnitMax = 3;

const ascii = /^[\n\x20-\x7e]*$/;

/**
 * At least one chunk, in order; spans are offsets into `text`, embed texts have at most `tokenizer.tokensMax` tokens.
 * There is no limit on chunks of its own: a body of 4 MiB has at most one token a byte, and each chunk takes 0.6 × 206 -
 * 48 = 75 new ones or more, so that 56,000 chunks are the worst case and 5,000 an ordinary one.
 */
export function chunkText(text: string, options: ChunkOptions): Chunk[] {
  const { tokenizer, titleLength, onUnit = () => {} } = options;
  const budget = tokenizer.tokensMax - specialTokens;
  if (text.length * (ascii.test(text) ? 1 : tokensPerUnitMax) <= budget) return [wholeText(text)];
  const atoms = atomsOf(text, { tokenizer, atomTokensMax: budget - titleTokensMax, onUnit });
  const title = titlePrefix(text, atoms, titleLength);
  const chunks: Chunk[] = [];
  let first = 0;
  let coveredEnd = 0;
  while (coveredEnd < atoms.length) {
    const prefix = first === 0 ? { text: '', tokens: 0 } : title;
    const end = cutAfter(atoms, first, budget - prefix.tokens);
    chunks.push({
      start: atoms[first]?.start ?? 0,
      end: atoms[end - 1]?.end ?? text.length,
      embedText: prefix.text + spanText(text, atoms, first, end),
    });
    coveredEnd = end;
    first = overlapStart(atoms, { first, end, budget: budget - title.tokens });
    if (chunks.length % 64 === 0) onUnit();
  }
  return chunks.length === 0 ? [wholeText(text)] : chunks;
}

/** One chunk over everything, for a document that is found by the vector it brought. */
export function singleChunk(text: string): Chunk {
  return { start: 0, end: text.length, embedText: '' };
}

function wholeText(text: string): Chunk {
  return { start: 0, end: text.length, embedText: text };
}

/** As many whole words of the title as fit, and the line break behind them. */
function titlePrefix(text: string, atoms: readonly Atom[], titleLength: number) {
  let end = 0;
  let tokens = 0;
  for (const atom of atoms) {
    if (atom.end > titleLength || tokens + atom.tokens > titleTokensMax) break;
    tokens += atom.tokens;
    end += 1;
  }
  return { tokens, text: end === 0 ? '' : `${spanText(text, atoms, 0, end)}\n` };
}

/** The index behind the last atom of the chunk that starts at `first`: the best place to cut, and of the best the last. */
function cutAfter(atoms: readonly Atom[], first: number, budget: number): number {
  let used = 0;
  let best = first + 1;
  let bestStrength: number = strength.inside;
  let end = first;
  for (; end < atoms.length; end++) {
    const atom = atoms[end] as Atom;
    if (used + atom.tokens > budget) break;
    used += atom.tokens;
    if (used >= fillMin * budget && atom.strengthBehind >= bestStrength) {
      best = end + 1;
      bestStrength = atom.strengthBehind;
    }
  }
  const isRest = end === atoms.length;
  return isRest || best === first + 1 ? end : best;
}

/** Where the next chunk starts: some tokens back, behind the end of a line or sentence where there is one. */
function overlapStart(
  atoms: readonly Atom[],
  { first, end, budget }: { readonly first: number; readonly end: number; readonly budget: number },
): number {
  // The next chunk must reach beyond this one: its first new atom has to fit behind the overlap.
  const overlapMax = Math.min(overlapTokensMax, budget - (atoms[end]?.tokens ?? 0));
  let tokens = 0;
  let best = end;
  let bestStrength: number = strength.inside;
  for (let start = end - 1; start > first; start--) {
    tokens += (atoms[start] as Atom).tokens;
    if (tokens > overlapMax) break;
    const strengthBefore = (atoms[start - 1] as Atom).strengthBehind;
    const isWanted = tokens >= overlapTokensMin && strengthBefore > Math.max(bestStrength, strength.word);
    if (isWanted || (tokens <= overlapTokens && bestStrength <= strength.word)) {
      best = start;
      bestStrength = strengthBefore;
    }
  }
  return best;
}

/** The text as it stands, but with a blank at each place where a word was cut: the model reads it piece by piece. */
function spanText(text: string, atoms: readonly Atom[], first: number, end: number): string {
  const parts: string[] = [];
  let start = atoms[first]?.start ?? 0;
  for (let i = first; i < end - 1; i++) {
    const atom = atoms[i] as Atom;
    if (atom.strengthBehind !== strength.inside) continue;
    parts.push(text.slice(start, atom.end));
    start = atom.end;
  }
  parts.push(text.slice(start, atoms[end - 1]?.end ?? text.length));
  return parts.join(' ');
}
