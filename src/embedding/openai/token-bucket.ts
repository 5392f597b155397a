// A limit per minute that holds within any minute, not only on average: requests, or tokens. Pure; time is handed in.

/**
 * So much of a minute's limit may go out at once; the refill is slower by as much, so that no minute has more. It is
 * what 1.8 s bring, so that a Retry-After of a second costs nothing.
 */
const burstShare = 0.03;
const minuteMs = 60_000;
/** Sums of fractions: who waited as told must not be told to wait another millisecond. */
const roundingMax = 1e-6;

export class TokenBucket {
  /** The most that can be taken at once. Infinite without a limit. */
  readonly capacity: number;
  readonly #perMs: number;
  #level: number;
  #timeMs: number;

  /** `perMinute` whole, 0: no limit. Starts full. */
  constructor(options: { readonly perMinute: number; readonly nowMs: number }) {
    const { perMinute, nowMs } = options;
    const isLimited = perMinute > 0;
    this.capacity = isLimited ? Math.max(1, Math.floor(perMinute * burstShare)) : Number.POSITIVE_INFINITY;
    // Within less than a minute: capacity + (perMinute - capacity + 1) * part of a minute < perMinute + 1.
    this.#perMs = isLimited ? (perMinute - this.capacity + 1) / minuteMs : 0;
    this.#level = this.capacity;
    this.#timeMs = nowMs;
  }

  /** Milliseconds until `amount` may be taken; 0: now. What is above the capacity waits for a full bucket. */
  waitMs(amount: number, nowMs: number): number {
    const missing = Math.min(amount, this.capacity) - this.#refilled(nowMs);
    return missing <= roundingMax ? 0 : Math.ceil(missing / this.#perMs);
  }

  /** Takes without asking; what is above the capacity leaves a debt that is refilled first. */
  take(amount: number, nowMs: number): void {
    this.#level = this.#refilled(nowMs) - amount;
  }

  /** For what was taken and then not counted by the service. */
  giveBack(amount: number, nowMs: number): void {
    this.#level = Math.min(this.capacity, this.#refilled(nowMs) + amount);
  }

  #refilled(nowMs: number): number {
    if (this.capacity === Number.POSITIVE_INFINITY) return this.capacity;
    this.#level = Math.min(this.capacity, this.#level + Math.max(0, nowMs - this.#timeMs) * this.#perMs);
    this.#timeMs = Math.max(this.#timeMs, nowMs);
    return this.#level;
  }
}
