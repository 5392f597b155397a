// How much of a shard's writing is under way at once, counted in documents. All commits that wait for the disk share one
// flush, so of single documents as many as there are should wait together; of large batches a few, since the
// transactions of those that are written together run in one go, and a search waits until they are through.

/** Three to four batches of usual size: with one alone the disk and the thread would wait for each other. */
export const documentsUnderWayMax = 512;

interface Waiter {
  readonly documents: number;
  readonly admit: () => void;
}

export class CommitWindow {
  readonly #documentsMax: number;
  #documents = 0;
  /** First come, first served; as many as the actor runs tasks at once. Each waits for flushes, which are bounded. */
  readonly #waiters: Waiter[] = [];

  constructor(documentsMax = documentsUnderWayMax) {
    this.#documentsMax = documentsMax;
  }

  get documents(): number {
    return this.#documents;
  }

  /** Runs `write` when there is room for so many documents; more than there is room for at all go alone. */
  async run<R>(documents: number, write: () => Promise<R>): Promise<R> {
    if (this.#waiters.length > 0 || !this.#fits(documents)) {
      await new Promise<void>((admit) => this.#waiters.push({ documents, admit }));
    } else this.#documents += documents;
    try {
      return await write();
    } finally {
      this.#documents -= documents;
      this.#admit();
    }
  }

  #admit(): void {
    for (
      let [first] = this.#waiters;
      first !== undefined && this.#fits(first.documents);
      [first] = this.#waiters
    ) {
      this.#waiters.shift();
      this.#documents += first.documents;
      first.admit();
    }
  }

  #fits(documents: number): boolean {
    return this.#documents === 0 || this.#documents + documents <= this.#documentsMax;
  }
}
