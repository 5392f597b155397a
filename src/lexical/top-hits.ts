// The best `limit` documents met so far: a heap whose root is the worst of them, so that whoever cannot beat it is not
// looked at further.

export interface TopHit {
  readonly label: number;
  readonly score: number;
  /** Whose document it is, and which. */
  readonly source: number;
  readonly ordinal: number;
}

export class TopHits {
  readonly #limit: number;
  readonly #heap: TopHit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A document below this score cannot enter; 0 while there is room. */
  get threshold(): number {
    return this.#heap.length < this.#limit ? 0 : (this.#heap[0] as TopHit).score;
  }

  accepts(score: number, label: number): boolean {
    if (this.#heap.length < this.#limit) return true;
    const worst = this.#heap[0] as TopHit;
    return score > worst.score || (score === worst.score && label < worst.label);
  }

  /** Only what it accepts. */
  push(hit: TopHit): void {
    const heap = this.#heap;
    if (heap.length === this.#limit) {
      this.#sink(hit);
      return;
    }
    let at = heap.push(hit) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent] as TopHit;
      if (!isWorse(hit, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = hit;
  }

  /** Best first, ties by label. */
  sorted(): TopHit[] {
    return [...this.#heap].sort((a, b) => b.score - a.score || a.label - b.label);
  }

  /** Puts the hit in the place of the root. */
  #sink(hit: TopHit): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isWorse(heap[child + 1] as TopHit, heap[child] as TopHit)) child++;
      if (!isWorse(heap[child] as TopHit, hit)) break;
      heap[at] = heap[child] as TopHit;
      at = child;
    }
    heap[at] = hit;
  }
}

function isWorse(a: TopHit, b: TopHit): boolean {
  return a.score < b.score || (a.score === b.score && a.label > b.label);
}
