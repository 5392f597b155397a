// Which documents a query names rather than describes: by their id, or by an identifier so rare that whoever writes it
// means the documents that hold it.

import type { AnalyzedQuery } from '../../lexical/analyzed-text.ts';
import { limits } from '../../model/limits.ts';
import { isPinning, pinnedMax } from '../../ranking/pinning.ts';
import type { PinQuery } from '../../stages/index/index-messages.ts';

/** As the shards take them. */
const idsMax = 16;
/** `CASE-1234`, `kb_77`: letters or connectors, and a digit. A bare number in a sentence is mostly something else. */
const idLike = /^(?=.*\p{N})(?=.*[\p{L}\-_./:#])[\p{L}\p{N}\-_./:#]{3,}$/u;
/** "case 10234" is a request for that case; in a sentence the same number may be a port, a count or a year. */
const wordsOfRequestMax = 3;
/** What stands around an id in a sentence. */
const openingMarks = '"\'([{<';
const closingMarks = '"\')]}>.,;:!?';

export interface PinFacts {
  /** The text as it was written: cleaning masks numbers, and an id is compared to the letter. */
  readonly written: string;
  readonly analyzed: AnalyzedQuery;
  readonly frequencies: ReadonlyMap<string, number>;
}

/** Null: the query names nothing. */
export function pinsOf({ written, analyzed, frequencies }: PinFacts): PinQuery | null {
  const ids = idsIn(written);
  const identifiers = rarest(analyzed, frequencies);
  return ids.length === 0 && identifiers.length === 0 ? null : { ids, identifiers };
}

/** Those that pin, the rarest first, as long as what they pin together leaves room for the ranking. */
function rarest({ tokens, wordCount }: AnalyzedQuery, frequencies: PinFacts['frequencies']): string[] {
  const pinning = tokens
    .filter(({ kind }) => kind === 'identifier')
    .map(({ term }) => ({ term, holders: frequencies.get(term) ?? 0 }))
    .filter((named) => isPinning(named, wordCount))
    .sort((a, b) => a.holders - b.holders);
  const identifiers: string[] = [];
  let pinned = 0;
  for (const { term, holders } of pinning) {
    pinned += holders;
    if (pinned <= pinnedMax) identifiers.push(term);
  }
  return identifiers;
}

function idsIn(written: string): string[] {
  const whole = written.trim();
  const words = whole.split(/\s+/);
  const isRequest = words.length <= wordsOfRequestMax;
  const ids = words
    .map(withoutMarks)
    .filter(isId)
    .filter((word) => idLike.test(word) || (isRequest && /^#?\p{N}+$/u.test(word)));
  const named = [whole, ...ids, ...ids.map((id) => id.replace(/^#/, ''))];
  return [...new Set(named)].filter(isId).slice(0, idsMax);
}

/** Loops, as an expression that looks for the end of a run starts anew at each of its characters: 32 KiB take seconds. */
function withoutMarks(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && openingMarks.includes(word.charAt(start))) start += 1;
  while (end > start && closingMarks.includes(word.charAt(end - 1))) end -= 1;
  return word.slice(start, end);
}

function isId(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= limits.idBytesMax;
}
