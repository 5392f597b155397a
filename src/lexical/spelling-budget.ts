// What looking for corrections may cost. A term that nobody has written is the usual case of a mistyped word and of a
// made-up one alike, and whoever makes up 32 of them asks every collection for each.

/**
 * Terms looked at for one word, and for all words of a question, over all collections: at 0.5 to 1 µs each some 20 ms
 * and 200 ms. A segment with 100,000 terms of one first letter has a long word look at 10,000 of them; the terms of a
 * memtable are in no order, and all that begin alike are looked at.
 */
const placesPerWordMax = 20_000;
const placesMax = 200_000;
/** Between two looks at who else waits: some 0.3 ms. */
const placesPerUnit = 500;

/** What the words of one question may cost together. */
export class SpellingBudget {
  readonly #giveWay: () => void;
  #spent = 0;
  #spentBefore = 0;
  #spentAtRest = 0;

  constructor(giveWay: () => void) {
    this.#giveWay = giveWay;
  }

  /** Terms looked at until now. */
  get spent(): number {
    return this.#spent;
  }

  get isOver(): boolean {
    return this.#spent >= placesMax || this.#spent - this.#spentBefore >= placesPerWordMax;
  }

  /** What comes is for another word. */
  startWord(): void {
    this.#spentBefore = this.#spent;
  }

  spend(): void {
    this.#spent++;
    if (this.#spent - this.#spentAtRest < placesPerUnit) return;
    this.#spentAtRest = this.#spent;
    this.#giveWay();
  }
}
