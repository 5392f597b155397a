// Stops asking a service that is down: after a row of failures nothing is sent for a while, then one request tries, and
// its outcome decides (Nygard, Release It!). Pure; time is handed in.

export type BreakerState = 'closed' | 'open' | 'half_open';

/** A row of so many failures without a success is no chance: at 5 % errors it happens once in 10^10 requests. */
const failuresMax = 8;
const openMsMin = 2_000;
const openMsMax = 60_000;

export class CircuitBreaker {
  #state: BreakerState = 'closed';
  #failures = 0;
  #openMs = openMsMin;
  #openUntilMs = 0;
  #openSinceMs: number | null = null;
  #reason = '';

  get state(): BreakerState {
    return this.#state;
  }

  /** Since when there was no success; null while it is closed. */
  get openSinceMs(): number | null {
    return this.#openSinceMs;
  }

  /** Why it is open. */
  get reason(): string {
    return this.#reason;
  }

  /** Milliseconds until a request may try; 0: now; null: one is trying, wait for its outcome. */
  waitMs(nowMs: number): number | null {
    if (this.#state === 'closed') return 0;
    if (this.#state === 'half_open') return null;
    return Math.max(0, this.#openUntilMs - nowMs);
  }

  /** A request goes out: through an open breaker it is the one that tries. */
  enter(): void {
    if (this.#state === 'open') this.#state = 'half_open';
  }

  succeed(): void {
    this.#state = 'closed';
    this.#failures = 0;
    this.#openMs = openMsMin;
    this.#openSinceMs = null;
  }

  /** `isFatal`: no other request can do better, as with a wrong key. */
  fail({ reason, isFatal, nowMs }: { reason: string; isFatal: boolean; nowMs: number }): void {
    this.#failures++;
    if (this.#state === 'closed' && !isFatal && this.#failures < failuresMax) return;
    // Requests that were under way when it opened tell nothing new.
    if (this.#state === 'open') return;
    if (this.#state === 'half_open') this.#openMs = Math.min(openMsMax, 2 * this.#openMs);
    this.#state = 'open';
    this.#reason = reason;
    this.#openUntilMs = nowMs + this.#openMs;
    this.#openSinceMs ??= nowMs;
  }

  /** The request that tried ended without an answer about the service: another one may try at once. */
  abandon(): void {
    if (this.#state === 'half_open') this.#state = 'open';
  }
}
