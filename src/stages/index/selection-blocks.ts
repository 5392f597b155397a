// A set of labels in memory, in blocks of 4,096 as the secondary indexes have them: 100,000 labels take 12.5 KB, and
// asking for one takes some nanoseconds, which a search of the graph does thousands of times.

import {
  addRow,
  blockShift,
  blockWords,
  countCommon,
  countWords,
  popCount,
} from '../../storage/attribute-row.ts';

/** Bounded by the labels of a shard: 2^32 / 4,096 blocks, of which only those exist that hold any. */
export class LabelBlocks {
  readonly #blocks = new Map<number, Uint32Array>();
  /** The numbers of the blocks, ascending; null: a block has come since. */
  #sorted: readonly number[] | null = null;

  /** Pure: may be called from within a native search. */
  has(label: number): boolean {
    const words = this.#blocks.get(label >>> blockShift);
    return (
      words !== undefined &&
      (((words[(label >>> 5) & (blockWords - 1)] as number) >>> (label & 31)) & 1) === 1
    );
  }

  /** A row as it lies on disk. */
  addRow(block: number, row: Uint8Array): void {
    addRow(row, this.#wordsOf(block));
  }

  add(label: number): void {
    const words = this.#wordsOf(label >>> blockShift);
    const word = (label >>> 5) & (blockWords - 1);
    words[word] = (words[word] as number) | (1 << (label & 31));
  }

  /** The labels of both, in a set of their own. */
  and(other: LabelBlocks): LabelBlocks {
    const both = new LabelBlocks();
    for (const [block, words] of this.#blocks) {
      const others = other.#blocks.get(block);
      if (others === undefined) continue;
      const common = words.map((bits, i) => bits & (others[i] as number));
      if (common.some((bits) => bits !== 0)) both.#blocks.set(block, common);
    }
    return both;
  }

  or(other: LabelBlocks): LabelBlocks {
    const either = this.#copy();
    for (const [block, words] of other.#blocks) {
      const mine = either.#blocks.get(block);
      if (mine === undefined) either.#blocks.set(block, words.slice());
      else for (let i = 0; i < blockWords; i++) mine[i] = (mine[i] as number) | (words[i] as number);
    }
    return either;
  }

  andNot(other: LabelBlocks): LabelBlocks {
    const rest = new LabelBlocks();
    for (const [block, words] of this.#blocks) {
      const others = other.#blocks.get(block);
      const left =
        others === undefined ? words.slice() : words.map((bits, i) => bits & ~(others[i] as number));
      if (left.some((bits) => bits !== 0)) rest.#blocks.set(block, left);
    }
    return rest;
  }

  get count(): number {
    let count = 0;
    for (const words of this.#blocks.values()) count += countWords(words);
    return count;
  }

  /** How many labels are in both: with the first labels of documents, how many documents. */
  countIn(other: LabelBlocks): number {
    let count = 0;
    for (const [block, words] of this.#blocks) {
      const others = other.#blocks.get(block);
      if (others === undefined) continue;
      for (let i = 0; i < blockWords; i++) count += popCount((words[i] as number) & (others[i] as number));
    }
    return count;
  }

  /** How many labels of a row as it lies on disk are in the set. */
  countRow(block: number, row: Uint8Array): number {
    const words = this.#blocks.get(block);
    return words === undefined ? 0 : countCommon(row, words);
  }

  /** In order. The set must not change meanwhile. */
  *labels(): Generator<number> {
    for (const block of this.#inOrder()) {
      const words = this.#blocks.get(block) as Uint32Array;
      for (let word = 0; word < blockWords; word++) {
        for (let bits = words[word] as number; bits !== 0; bits &= bits - 1) yield labelAt(block, word, bits);
      }
    }
  }

  /** One label of each `stride`, in order: a sample spread evenly over all. Skips the others in words of 32. */
  *everyNth(stride: number): Generator<number> {
    let skipped = 0;
    for (const block of this.#inOrder()) {
      const words = this.#blocks.get(block) as Uint32Array;
      for (let word = 0; word < blockWords; word++) {
        let bits = words[word] as number;
        const count = popCount(bits);
        if (skipped + count < stride) {
          skipped += count;
          continue;
        }
        for (; bits !== 0; bits &= bits - 1) {
          skipped++;
          if (skipped % stride === 0) yield labelAt(block, word, bits);
        }
        skipped %= stride;
      }
    }
  }

  /**
   * The largest label up to `label`; null when there is none. Changes nothing. Looks into two blocks at most: the label's
   * own and the next below that exists, since in front of a new collection's first label a million may be missing.
   */
  upTo(label: number): number | null {
    const block = label >>> blockShift;
    const own = this.#blocks.get(block);
    if (own !== undefined) {
      const mask = 0xffff_ffff >>> (31 - (label & 31));
      const found = highestLabel(block, own, (label >>> 5) & (blockWords - 1), mask);
      if (found !== null) return found;
    }
    const below = this.#blockBelow(block);
    if (below === null) return null;
    return highestLabel(below, this.#blocks.get(below) as Uint32Array, blockWords - 1, 0xffff_ffff);
  }

  #wordsOf(block: number): Uint32Array {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const words = new Uint32Array(blockWords);
    this.#blocks.set(block, words);
    this.#sorted = null;
    return words;
  }

  #blockBelow(block: number): number | null {
    const sorted = this.#inOrder();
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) < block) low = middle + 1;
      else high = middle;
    }
    return sorted[low - 1] ?? null;
  }

  #inOrder(): readonly number[] {
    this.#sorted ??= [...this.#blocks.keys()].sort((a, b) => a - b);
    return this.#sorted;
  }

  #copy(): LabelBlocks {
    const copy = new LabelBlocks();
    for (const [block, words] of this.#blocks) copy.#blocks.set(block, words.slice());
    return copy;
  }
}

/** The highest label of a block in its words up to `last`, of which `mask` leaves a part; null: there is none. */
function highestLabel(block: number, words: Uint32Array, last: number, mask: number): number | null {
  for (let word = last, left = mask; word >= 0; word--, left = 0xffff_ffff) {
    const bits = (words[word] as number) & left;
    if (bits !== 0) return ((block << blockShift) >>> 0) + word * 32 + (31 - Math.clz32(bits));
  }
  return null;
}

/** The lowest label of a word's bits. */
function labelAt(block: number, word: number, bits: number): number {
  return ((block << blockShift) >>> 0) + word * 32 + (31 - Math.clz32(bits & -bits));
}
