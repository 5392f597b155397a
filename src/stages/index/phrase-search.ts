// Looks for a phrase in a text, letter case and runs of blanks aside, at the borders of words: "log in" does not stand
// in "catalog into". One pass over the text without a copy of it, however the two are made (Knuth, Morris & Pratt 1977):
// a search that begins again at each place takes hours for a long phrase of one word in a text of nothing else.

const blank = 0x20;

/** By UTF-16 unit: what it is compared as; 0: not asked for yet. Filled as texts need it, for 128 KB at most. */
const foldedUnits = new Uint16Array(65_536);

export class PhraseSearch {
  /** Folded, without blanks at either end. */
  readonly #pattern: Uint16Array;
  /** [i]: how long the longest beginning of the pattern is that ends at i and is not all up to it. */
  readonly #borders: Uint32Array;
  /** Where in the text the last units stand: as many as the pattern has. */
  readonly #places: Uint32Array;

  constructor(phrase: string) {
    this.#pattern = foldedPhrase(phrase);
    this.#borders = bordersOf(this.#pattern);
    this.#places = new Uint32Array(this.#pattern.length);
  }

  /** An empty phrase stands in every text. */
  standsIn(text: string): boolean {
    const pattern = this.#pattern;
    const { length } = pattern;
    if (length === 0) return true;
    const first = pattern[0] as number;
    let matched = 0;
    let seen = 0; // units since `matched` was 0, runs of blanks as one
    let before = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = fold(text.charCodeAt(at));
      if (matched === 0) {
        if (unit !== first) continue;
        seen = 0;
      } else if (unit === blank && before === blank) continue;
      before = unit;
      matched = this.#next(matched, unit);
      this.#places[seen++ % length] = at;
      if (matched < length) continue;
      const start = this.#places[seen % length] as number;
      if (!isWithinWord(text, start) && !isWithinWord(text, at + 1)) return true;
      matched = this.#borders[length - 1] as number;
    }
    return false;
  }

  #next(matched: number, unit: number): number {
    let length = matched;
    while (length > 0 && this.#pattern[length] !== unit) length = this.#borders[length - 1] as number;
    return this.#pattern[length] === unit ? length + 1 : 0;
  }
}

function foldedPhrase(phrase: string): Uint16Array {
  const trimmed = phrase.trim();
  const units: number[] = [];
  for (let i = 0; i < trimmed.length; i++) {
    const folded = fold(trimmed.charCodeAt(i));
    if (folded !== blank || units.at(-1) !== blank) units.push(folded);
  }
  return Uint16Array.from(units);
}

function bordersOf(pattern: Uint16Array): Uint32Array {
  const borders = new Uint32Array(pattern.length);
  let length = 0;
  for (let i = 1; i < pattern.length; i++) {
    while (length > 0 && pattern[length] !== pattern[i]) length = borders[length - 1] as number;
    if (pattern[length] === pattern[i]) length++;
    borders[i] = length;
  }
  return borders;
}

function fold(unit: number): number {
  const known = foldedUnits[unit] as number;
  return known === 0 && unit !== 0 ? learn(unit) : known;
}

function learn(unit: number): number {
  const character = String.fromCharCode(unit);
  const lower = character.toLowerCase();
  let folded = lower.length === 1 ? lower.charCodeAt(0) : unit;
  if (/\s/.test(character)) folded = blank;
  // At the end of a word Greek has another small sigma for the same capital one.
  if (character === 'ς') folded = 'σ'.charCodeAt(0);
  foldedUnits[unit] = folded;
  return folded;
}

function isWithinWord(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return false;
  return /^[\p{L}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1));
}
