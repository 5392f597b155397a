// A set of labels as bits. Labels grow without gaps to speak of, so a million of them take 125 KB where a Set of
// numbers takes 40 MB.

export class LabelSet {
  #words = new Uint32Array(32);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  has(label: number): boolean {
    return (((this.#words[label >>> 5] ?? 0) >>> (label & 31)) & 1) === 1;
  }

  add(label: number): void {
    if (this.has(label)) return;
    const word = label >>> 5;
    if (word >= this.#words.length) this.#grow(word + 1);
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (label & 31));
    this.#count++;
  }

  /** The smallest label that is `label` or more; null when there is none. */
  from(label: number): number | null {
    let word = label >>> 5;
    let bits = (this.#words[word] ?? 0) & (-1 << (label & 31));
    while (bits === 0) {
      word++;
      if (word >= this.#words.length) return null;
      bits = this.#words[word] ?? 0;
    }
    return word * 32 + (31 - Math.clz32(bits & -bits));
  }

  #grow(words: number): void {
    const grown = new Uint32Array(Math.max(words, this.#words.length * 2));
    grown.set(this.#words);
    this.#words = grown;
  }
}
