// Percentiles of any number of latencies in little memory: counts in buckets that grow by a twentieth, so that a
// percentile is at most 5 % above the true one.

const firstMs = 0.01;
const growth = 1.05;
/** The last bucket begins at 0.01 × 1.05^400 ms, half an hour. */
const buckets = 400;

export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets);
  #total = 0;

  /** Milliseconds. */
  add(latencyMs: number): void {
    // A latency of 0 gives -Infinity.
    const step = Math.ceil(Math.log(latencyMs / firstMs) / Math.log(growth));
    const bucket = Math.min(buckets - 1, Math.max(0, step));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  /** The upper end of the bucket that holds the percentile, milliseconds; `share` in (0, 1]. 0 without latencies. */
  percentile(share: number): number {
    if (this.#total === 0) return 0;
    let rest = Math.ceil(this.#total * share);
    for (let bucket = 0; bucket < buckets; bucket++) {
      rest -= this.#counts[bucket] as number;
      if (rest <= 0) return firstMs * growth ** bucket;
    }
    return firstMs * growth ** (buckets - 1);
  }
}
