// OTP's restart intensity: a supervisor that restarts too often within a period gives up, because the fault is not one
// that a restart cures.

export interface Intensity {
  /** Restarts that are allowed within the period; one more escalates. */
  readonly restartsMax: number;
  readonly periodMs: number;
}

export class RestartIntensity {
  readonly #intensity: Intensity;
  #restartsMs: number[] = [];

  constructor(intensity: Intensity) {
    this.#intensity = intensity;
  }

  /** Notes a restart at the monotonic time `nowMs`; returns whether that is one too many. */
  isExceededBy(nowMs: number): boolean {
    const sinceMs = nowMs - this.#intensity.periodMs;
    this.#restartsMs = this.#restartsMs.filter((atMs) => atMs > sinceMs); // at most restartsMax + 1 entries
    this.#restartsMs.push(nowMs);
    return this.#restartsMs.length > this.#intensity.restartsMax;
  }
}
