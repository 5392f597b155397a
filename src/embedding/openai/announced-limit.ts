// What a service itself says is left of its limit (x-ratelimit-remaining-* and -reset-*), requests or tokens. It knows
// about other users of the same key; our own bucket does not.

export interface Announcement {
  readonly remaining: number;
  /** Until the limit is whole again. */
  readonly resetMs: number;
}

export class AnnouncedLimit {
  #remaining = Number.POSITIVE_INFINITY;
  #resetAtMs = 0;

  hear({ remaining, resetMs }: Announcement, nowMs: number): void {
    this.#remaining = remaining;
    this.#resetAtMs = nowMs + resetMs;
  }

  /** Milliseconds until `amount` may be sent; 0: now. */
  waitMs(amount: number, nowMs: number): number {
    return this.#remaining >= amount ? 0 : Math.max(0, this.#resetAtMs - nowMs);
  }

  /** What was sent is not left any more, whenever the next answer comes. */
  take(amount: number, nowMs: number): void {
    if (nowMs >= this.#resetAtMs) this.#remaining = Number.POSITIVE_INFINITY;
    else this.#remaining = Math.max(0, this.#remaining - amount);
  }
}
