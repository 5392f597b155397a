// The engine-wide commit sequence: one counter in shared memory, so that every shard's thread numbers its commits on
// one line without asking anybody. The counter itself is not durable: each shard keeps its last number on disk and
// raises the counter to it when it opens.

/** Hands out commit numbers; `shared` goes to other threads, which wrap it again. */
export class CommitSequence {
  readonly shared: SharedArrayBuffer;
  readonly #counter: BigInt64Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#counter = new BigInt64Array(shared);
  }

  /** A number that no thread has had before; the first is 1. */
  next(): number {
    return Number(Atomics.add(this.#counter, 0, 1n)) + 1;
  }

  /** The newest number handed out, in any shard. Its commit may not be on disk yet. */
  newest(): number {
    return Number(Atomics.load(this.#counter, 0));
  }

  /** From now on `next` gives numbers above `sequence`. */
  raiseTo(sequence: number): void {
    const target = BigInt(sequence);
    let seen = Atomics.load(this.#counter, 0);
    while (seen < target) {
      const before = Atomics.compareExchange(this.#counter, 0, seen, target);
      if (before === seen) return;
      seen = before;
    }
  }
}
