// A bounded map that keeps what was used lately, at the price of a plain Map: two generations instead of a linked list.
// When the young one is full it becomes the old one and the old one is dropped; a hit in the old one moves up.

export class TwoGenerationCache<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  readonly #generationEntriesMax: number;

  /** Holds at most `entriesMax` entries, and at least the `entriesMax / 2` used last. */
  constructor(entriesMax: number) {
    this.#generationEntriesMax = Math.max(1, Math.floor(entriesMax / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#generationEntriesMax && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
