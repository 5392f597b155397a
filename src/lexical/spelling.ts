// Words of the index that a mistyped one may have been meant to be: the optimal string alignment distance (insertions,
// deletions, substitutions, neighbours swapped; Damerau 1964), walked over the sorted terms so that what words have in
// common at their beginning is compared once and a beginning that is too far off is left at once, with all terms that
// begin so (as a trie search would).

import type { PostingSource, TermRange } from './posting-source.ts';
import type { SpellingBudget } from './spelling-budget.ts';

export interface Suggestion {
  readonly term: string;
  /** Documents that hold it, removed ones that no merge has dropped yet included. */
  readonly documentFrequency: number;
  readonly distance: number;
}

/** From this many units on a word may be two edits off. */
const longWordLength = 8;
/** Longer ones are no words of a language. */
const wordLengthMax = 64;
const onlyLetters = /^\p{L}+$/u;

/**
 * At most `limit`, most frequent first; the same first letter, and letters only. Those that were met before the budget
 * was spent: sources that come first are looked at first.
 */
export function suggestWords(
  sources: readonly PostingSource[],
  asked: { readonly term: string; readonly limit: number; readonly budget: SpellingBudget },
): Suggestion[] {
  const { term, limit, budget } = asked;
  if (term.length > wordLengthMax || !onlyLetters.test(term)) return [];
  const found = new Map<string, Suggestion>();
  for (const source of sources) {
    budget.spend();
    if (budget.isOver) break;
    const walk = new DistanceWalk(term, budget);
    const { length } = term;
    const lengths = { min: Math.max(1, length - walk.distanceMax), max: length + walk.distanceMax };
    walk.visitNear(source.termsBeginningWith(term.charCodeAt(0), lengths), (word, distance, frequency) => {
      const documentFrequency = (found.get(word)?.documentFrequency ?? 0) + frequency;
      found.set(word, { term: word, documentFrequency, distance });
    });
  }
  return [...found.values()]
    .filter((suggestion) => onlyLetters.test(suggestion.term))
    .sort(byFrequency)
    .slice(0, limit);
}

function byFrequency(a: Suggestion, b: Suggestion): number {
  return b.documentFrequency - a.documentFrequency || a.distance - b.distance || (a.term < b.term ? -1 : 1);
}

/** A term within the units of its source: a view of its own for each costs more than comparing it. */
interface TermPlace {
  readonly units: Uint16Array;
  readonly start: number;
  readonly length: number;
}

class DistanceWalk {
  readonly distanceMax: number;
  readonly #word: Uint16Array;
  /** Row d: the distances of the first d units of the current term to each beginning of the word. */
  readonly #rows: Uint8Array;
  readonly #rowLength: number;
  readonly #budget: SpellingBudget;

  constructor(word: string, budget: SpellingBudget) {
    this.#budget = budget;
    this.distanceMax = word.length >= longWordLength ? 2 : 1;
    this.#word = Uint16Array.from({ length: word.length }, (_, i) => word.charCodeAt(i));
    this.#rowLength = this.#word.length + 1;
    this.#rows = new Uint8Array((this.#word.length + this.distanceMax + 1) * this.#rowLength);
    for (let i = 0; i < this.#rowLength; i++) this.#rows[i] = i;
  }

  visitNear(
    range: TermRange,
    visit: (word: string, distance: number, documentFrequency: number) => void,
  ): void {
    const { units, offsets, sharedUnits, from, to, documentFrequencyAt } = range;
    let rows = 0; // good for the current term
    for (let place = from; place < to && !this.#budget.isOver; ) {
      this.#budget.spend();
      rows = place === from ? 0 : Math.min(rows, sharedUnits[place] as number);
      const start = offsets[place] as number;
      const length = (offsets[place + 1] as number) - start;
      rows = this.#fillRows(rows, { units, start, length });
      if (rows < length) {
        // Its beginning of one unit more is too far off, and so is whatever begins so.
        place = pastBeginning(range, place, rows + 1);
        continue;
      }
      const distance = this.#rows[length * this.#rowLength + this.#word.length] as number;
      if (distance > 0 && distance <= this.distanceMax) {
        const word = String.fromCharCode(...units.subarray(start, start + length));
        visit(word, distance, documentFrequencyAt(place));
      }
      place++;
    }
  }

  /** Rows for as many units of the term as are near enough; returns their number. `rows` of them are filled already. */
  #fillRows(rows: number, term: TermPlace): number {
    const rowsMax = Math.min(term.length, this.#word.length + this.distanceMax);
    let filled = rows;
    while (filled < rowsMax && this.#fillRow(filled + 1, term)) filled++;
    return filled;
  }

  /** Returns whether any distance in the row is near enough. Only the cells about the diagonal can be. */
  #fillRow(depth: number, { units, start }: TermPlace): boolean {
    const far = this.distanceMax + 1;
    const row = depth * this.#rowLength;
    const above = row - this.#rowLength;
    const unit = units[start + depth - 1] as number;
    const first = Math.max(1, depth - this.distanceMax);
    const last = Math.min(this.#word.length, depth + this.distanceMax);
    this.#rows[row + first - 1] = first === 1 ? Math.min(depth, far) : far;
    if (last < this.#word.length) this.#rows[row + last + 1] = far;
    let nearest = first === 1 ? depth : far;
    for (let i = first; i <= last; i++) {
      const isSame = this.#word[i - 1] === unit;
      let distance = (this.#rows[above + i - 1] as number) + (isSame ? 0 : 1);
      distance = Math.min(distance, (this.#rows[above + i] as number) + 1);
      distance = Math.min(distance, (this.#rows[row + i - 1] as number) + 1);
      if (
        depth > 1 &&
        i > 1 &&
        this.#word[i - 2] === unit &&
        this.#word[i - 1] === units[start + depth - 2]
      ) {
        distance = Math.min(distance, (this.#rows[above - this.#rowLength + i - 2] as number) + 1);
      }
      this.#rows[row + i] = Math.min(distance, far);
      if (distance < nearest) nearest = distance;
    }
    return nearest <= this.distanceMax;
  }
}

/** The next place whose term does not begin with the first `count` units of the one at `place`. */
function pastBeginning(range: TermRange, place: number, count: number): number {
  const { isSorted, sharedUnits, to } = range;
  if (!isSorted || place + 1 === to || (sharedUnits[place + 1] as number) < count) return place + 1;
  let inside = place + 1;
  let step = 1;
  while (inside + step < to && beginsAlike(range, { place: inside + step, like: place }, count)) {
    inside += step;
    step *= 2;
  }
  let outside = Math.min(inside + step, to);
  while (outside - inside > 1) {
    const middle = (inside + outside) >>> 1;
    if (beginsAlike(range, { place: middle, like: place }, count)) inside = middle;
    else outside = middle;
  }
  return outside;
}

function beginsAlike(
  { units, offsets }: TermRange,
  { place, like }: { readonly place: number; readonly like: number },
  count: number,
): boolean {
  const start = offsets[place] as number;
  const likeStart = offsets[like] as number;
  if ((offsets[place + 1] as number) - start < count) return false;
  for (let i = 0; i < count; i++) if (units[start + i] !== units[likeStart + i]) return false;
  return true;
}
