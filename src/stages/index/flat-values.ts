// A run of values as few large ones: all texts as one, all numbers as one array. Read in the order of writing.

import type { FlatPages } from './page-messages.ts';

export class FlatWriter {
  readonly #texts: string[] = [];
  readonly #strings: string[] = [];
  /** Places of names in #strings. As many as there are collections, media types and generations in one answer. */
  readonly #places = new Map<string, number>();
  readonly #vectors: Float32Array[] = [];
  #numbers: Float64Array;
  #count = 0;

  /** `numbersExpected`: room for so many to begin with. */
  constructor(numbersExpected: number) {
    this.#numbers = new Float64Array(Math.max(16, numbersExpected));
  }

  number(value: number): void {
    if (this.#count === this.#numbers.length) this.#grow();
    this.#numbers[this.#count++] = value;
  }

  /** `value` is not NaN. */
  numberOrNull(value: number | null): void {
    this.number(value ?? Number.NaN);
  }

  text(value: string): void {
    this.#texts.push(value);
    this.number(value.length);
  }

  /** One of few that come again and again. */
  name(value: string): void {
    let place = this.#places.get(value);
    if (place === undefined) {
      place = this.#strings.push(value) - 1;
      this.#places.set(value, place);
    }
    this.number(place);
  }

  /** A text that is kept longer than all the others: a part of them would keep all of them. */
  key(value: string): void {
    this.number(this.#strings.push(value) - 1);
  }

  rows(value: Float32Array | null): void {
    if (value !== null) this.#vectors.push(value);
    this.number(value === null ? 0 : 1);
  }

  finish(): FlatPages {
    return {
      text: this.#texts.join(''),
      strings: this.#strings,
      // A copy of its own: a view would cross with all of the room behind it.
      numbers: this.#numbers.slice(0, this.#count),
      vectors: this.#vectors,
    };
  }

  #grow(): void {
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

export class FlatReader {
  readonly #flat: FlatPages;
  #textAt = 0;
  #numberAt = 0;
  #vectorAt = 0;

  constructor(flat: FlatPages) {
    this.#flat = flat;
  }

  number(): number {
    return this.#flat.numbers[this.#numberAt++] ?? 0;
  }

  numberOrNull(): number | null {
    const value = this.number();
    return Number.isNaN(value) ? null : value;
  }

  text(): string {
    const start = this.#textAt;
    this.#textAt += this.number();
    return this.#flat.text.slice(start, this.#textAt);
  }

  name(): string {
    return this.key();
  }

  key(): string {
    return this.#flat.strings[this.number()] ?? '';
  }

  rows(): Float32Array | null {
    return this.number() === 0 ? null : (this.#flat.vectors[this.#vectorAt++] ?? null);
  }

  /** As many as the next number says. */
  list<Value>(read: (flat: FlatReader) => Value): Value[] {
    const count = this.number();
    const values: Value[] = [];
    for (let i = 0; i < count; i++) values.push(read(this));
    return values;
  }
}
