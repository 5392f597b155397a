// A few entries that come and go thousands of times a second, found by their number.
//
// A Map would do, but for V8's garbage collector. A Map whose places are used up moves to a new table, and the old one
// points to the new one, for iterators that may still be under way. Once a table has become old enough for the old
// generation, it keeps its successor alive after its own death, that one the next, and each of them whatever was in the
// Map when it moved: all that ever passed through survives until the next full collection. Of a search, that were 12 of
// 76 KB, copied twice by the collector and its helper threads. An array leaves nothing behind.

export class LiveEntries<Value> {
  readonly #ids: number[] = [];
  readonly #values: Value[] = [];

  get size(): number {
    return this.#ids.length;
  }

  /** `id` is not among the entries. */
  add(id: number, value: Value): void {
    this.#ids.push(id);
    this.#values.push(value);
  }

  get(id: number): Value | undefined {
    const place = this.#ids.indexOf(id);
    return place < 0 ? undefined : this.#values[place];
  }

  /** Removes and returns an entry; undefined where there is none. Looks at each: for a hundred entries, not thousands. */
  take(id: number): Value | undefined {
    const place = this.#ids.indexOf(id);
    if (place < 0) return undefined;
    const value = this.#values[place];
    const lastId = this.#ids.pop() as number;
    const lastValue = this.#values.pop() as Value;
    if (place < this.#ids.length) {
      this.#ids[place] = lastId;
      this.#values[place] = lastValue;
    }
    return value;
  }

  /** In no order. A copy: entries may come and go meanwhile. */
  values(): Value[] {
    return this.#values.slice();
  }

  clear(): void {
    this.#ids.length = 0;
    this.#values.length = 0;
  }
}
