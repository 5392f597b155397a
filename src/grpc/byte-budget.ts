// How many bytes of requests all calls together may hold. One stream has a bound of its own; this one keeps a thousand
// streams from adding up.

export class ByteBudget {
  readonly #bytesMax: number;
  #bytesHeld = 0;
  readonly #waiters = new Set<() => void>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get hasRoom(): boolean {
    return this.#bytesHeld < this.#bytesMax;
  }

  /** Always succeeds: the bytes are here already. Ask `hasRoom` before letting more of them in. */
  take(bytes: number): void {
    this.#bytesHeld += bytes;
  }

  release(bytes: number): void {
    this.#bytesHeld -= bytes;
    if (!this.hasRoom) return;
    // All of them, not one: the one might have nothing to read, and then nobody would wake the next. The overshoot is
    // at most one message a waiting stream.
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Calls `wake` once, when there is room again. Waiting twice with the same function waits once. */
  whenRoom(wake: () => void): void {
    this.#waiters.add(wake);
  }

  stopWaiting(wake: () => void): void {
    this.#waiters.delete(wake);
  }
}
