// Names for things that are listed by age: they sort by the time they were given, also within one millisecond and when
// the wall clock is set back.

import type { Clock } from '../base/clock.ts';

/** In base 36: nine digits of milliseconds last until the year 5188, four of counting 1.6 million ids a millisecond. */
const timeDigits = 9;
const countDigits = 4;

export class SortableIds {
  readonly #clock: Clock;
  #timeMs = 0;
  #count = 0;

  /** `last`: the newest id given so far; null: there is none. */
  constructor(clock: Clock, last: string | null) {
    this.#clock = clock;
    if (last === null) return;
    this.#timeMs = Number.parseInt(last.slice(0, timeDigits), 36);
    this.#count = Number.parseInt(last.slice(timeDigits), 36);
  }

  next(): string {
    const nowMs = Math.floor(this.#clock.epochMs());
    if (nowMs > this.#timeMs) {
      this.#timeMs = nowMs;
      this.#count = 0;
    } else this.#count += 1;
    const time = this.#timeMs.toString(36).padStart(timeDigits, '0');
    return time + this.#count.toString(36).padStart(countDigits, '0');
  }
}
