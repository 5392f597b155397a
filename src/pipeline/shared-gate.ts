// Many at a time, or one alone: a first-come, first-served readers-writer lock for promises.

interface Waiter {
  readonly isAlone: boolean;
  readonly enter: () => void;
}

export class SharedGate {
  #insideShared = 0;
  #isInsideAlone = false;
  /** Bounded by its callers: one entry for each batch in flight. */
  readonly #waiters: Waiter[] = [];

  /** Runs `work` together with other shared work. */
  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(false, work);
  }

  /** Runs `work` while nothing else is inside. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(true, work);
  }

  async #run<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
    // Whoever comes after a waiter queues behind it, else a steady stream of shared work would starve the lone one.
    if (this.#waiters.length > 0 || !this.#hasRoom(isAlone)) {
      await new Promise<void>((enter) => this.#waiters.push({ isAlone, enter }));
    } else {
      this.#enter(isAlone);
    }
    try {
      return await work();
    } finally {
      if (isAlone) this.#isInsideAlone = false;
      else this.#insideShared -= 1;
      this.#admit();
    }
  }

  #hasRoom(isAlone: boolean): boolean {
    return !this.#isInsideAlone && (!isAlone || this.#insideShared === 0);
  }

  #enter(isAlone: boolean): void {
    if (isAlone) this.#isInsideAlone = true;
    else this.#insideShared += 1;
  }

  #admit(): void {
    for (let next = this.#waiters[0]; next !== undefined; next = this.#waiters[0]) {
      if (!this.#hasRoom(next.isAlone)) return;
      this.#waiters.shift();
      this.#enter(next.isAlone);
      next.enter();
    }
  }
}
