// How long to wait before a restart: doubling up to a maximum, with jitter, as Pekko's backoff supervisor does. The
// jitter keeps actors that fell together from coming back together.

export interface Backoff {
  readonly initialMs: number;
  readonly maxMs: number;
  /** Share of the delay that is added at most, by chance: 0.2 makes 1 s into 1.0-1.2 s. */
  readonly jitter: number;
}

export class RestartBackoff {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #failures = 0;

  constructor(backoff: Backoff, random: () => number) {
    this.#backoff = backoff;
    this.#random = random;
  }

  /** The delay before the next start. */
  nextMs(): number {
    const { initialMs, maxMs, jitter } = this.#backoff;
    const delayMs = Math.min(maxMs, initialMs * 2 ** this.#failures);
    this.#failures += 1;
    return delayMs * (1 + this.#random() * jitter);
  }

  /** A thread that ran for `ranMs` was up long enough for its failures to be forgotten, or not. */
  noteRun(ranMs: number): void {
    if (ranMs >= this.#backoff.maxMs) this.#failures = 0;
  }
}
