// What one search may spend on reading documents to see whether phrases stand in them, over all of its phrases and
// collections. Words that many documents hold and none has side by side would otherwise have every one of them read.

import { KmsError } from '../../base/errors.ts';

export interface TextBounds {
  readonly documentsMax: number;
  /** UTF-16 units of their texts. */
  readonly unitsMax: number;
}

/**
 * A document costs some 20 µs to find and decode, and a unit some 15 ns to decode and look at: 0.4 and 0.25 seconds, so
 * that a search stays below one.
 */
const textBounds: TextBounds = { documentsMax: 20_000, unitsMax: 16 * 1024 * 1024 };

/**
 * While an index is searched natively nothing else can be let in, nor the search be stopped: 20 ms for 1,024 documents,
 * and 15 ms for their texts.
 */
const indexBounds: TextBounds = { documentsMax: 1_024, unitsMax: 1024 * 1024 };

export class TextReads {
  readonly #giveWay: () => void;
  readonly #bounds: TextBounds;
  #documents = 0;
  #units = 0;
  /** What had been read when the search of an index began; null: none is under way. */
  #before: { readonly documents: number; readonly units: number } | null = null;

  constructor(giveWay: () => void, bounds: TextBounds = textBounds) {
    this.#giveWay = giveWay;
    this.#bounds = bounds;
  }

  /** Before a document is read. Throws `invalid_argument` once the search has read its share, and what `giveWay` throws. */
  begin(phrase: string): void {
    const { documentsMax, unitsMax } = this.#bounds;
    if (this.#documents >= documentsMax || this.#units >= unitsMax) throw tooManyReads(phrase, this.#bounds);
    this.#documents++;
    if (this.#before === null) this.#giveWay();
  }

  /** After it: its text is so long. */
  end(units: number): void {
    this.#units += units;
  }

  /** Runs the search of an index, in which nothing gives way. */
  within<R>(search: () => R): R {
    this.#before = { documents: this.#documents, units: this.#units };
    try {
      return search();
    } finally {
      this.#before = null;
    }
  }

  /** Whether a search of an index has read as much as it should: what is left is for a way that gives way. */
  get isOverWithin(): boolean {
    if (this.#before === null) return false;
    return (
      this.#documents - this.#before.documents >= indexBounds.documentsMax ||
      this.#units - this.#before.units >= indexBounds.unitsMax
    );
  }
}

/** Of the phrase, for the message: its beginning tells which one is meant. */
const shownUnitsMax = 80;

function tooManyReads(phrase: string, { documentsMax, unitsMax }: TextBounds): KmsError {
  const shown = phrase.length <= shownUnitsMax ? phrase : `${phrase.slice(0, shownUnitsMax)}…`;
  const description = `the phrase ${JSON.stringify(shown)} is in too many documents to be checked: add a word or a filter`;
  return new KmsError('invalid_argument', `text: ${description}`, {
    violations: [{ field: 'text', description }],
    facts: { documentsMax, unitsMax },
  });
}
