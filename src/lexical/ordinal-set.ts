// A set of ordinals as a bitmap: which documents of a source are removed.

export class OrdinalSet {
  #words: Uint32Array;
  #size = 0;

  /** `capacity`: ordinals below it need no growth. */
  constructor(capacity: number) {
    this.#words = new Uint32Array(Math.ceil(capacity / 32));
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  has(ordinal: number): boolean {
    // Beyond the array: undefined, which counts as no bits.
    return (((this.#words[ordinal >>> 5] as number) >>> (ordinal & 31)) & 1) === 1;
  }

  add(ordinal: number): void {
    const word = ordinal >>> 5;
    if (word >= this.#words.length) {
      const words = new Uint32Array(Math.max(8, 2 * this.#words.length, word + 1));
      words.set(this.#words);
      this.#words = words;
    }
    if (this.has(ordinal)) return;
    this.#words[word] = (this.#words[word] as number) | (1 << (ordinal & 31));
    this.#size++;
  }
}
