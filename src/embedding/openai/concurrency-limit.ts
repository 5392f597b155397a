// How many requests may be under way: one more after a good window, half as many after a bad one (additive increase,
// multiplicative decrease; Chiu & Jain 1989).
//
// Judged by windows, not by single failures: a service that refuses a fifth of everything by chance would push a limit
// that halves at each refusal down to one, and be no better served by it. One that is overloaded refuses nearly all.

const startLimit = 4;
const limitMax = 32;
/** Answers in a window: at least these, so that one failure of a few is not taken for an overload. */
const windowMin = 8;
/** A window with a larger share of overload is a bad one. */
const overloadShareMax = 0.4;

export class ConcurrencyLimit {
  #limit = startLimit;
  #answers = 0;
  #overloads = 0;

  get limit(): number {
    return this.#limit;
  }

  /** One answer came: `isOverload` for a 429, a 5xx, a timeout, a lost connection. */
  note(isOverload: boolean): void {
    this.#answers++;
    if (isOverload) this.#overloads++;
    if (this.#answers < Math.max(windowMin, this.#limit)) return;
    const isBad = this.#overloads / this.#answers > overloadShareMax;
    this.#limit = isBad ? Math.max(1, this.#limit >> 1) : Math.min(limitMax, this.#limit + 1);
    this.#answers = 0;
    this.#overloads = 0;
  }
}
