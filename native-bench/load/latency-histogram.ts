// Latencies in an HDR histogram (three digits from a nanosecond to minutes, in a few hundred kilobytes however many
// are recorded), and what is read out of one.

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export interface LatencySummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** The distribution: [milliseconds, share of the samples at or below it in 0..1], rising. */
  readonly distribution: readonly (readonly [number, number])[];
}

const nsPerMs = 1e6;
/** Ten minutes: longer than any deadline a load has. */
const latencyNsMax = 600e9;

export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: latencyNsMax,
    figures: 3,
  });

  record(ms: number): void {
    this.#histogram.record(Math.min(latencyNsMax, Math.max(1, Math.round(ms * nsPerMs))));
  }

  summary(): LatencySummary {
    const histogram = this.#histogram;
    const { count } = histogram;
    const at = (percent: number) => (count === 0 ? Number.NaN : histogram.percentile(percent) / nsPerMs);
    return {
      count,
      meanMs: count === 0 ? Number.NaN : histogram.mean / nsPerMs,
      p50Ms: at(50),
      p90Ms: at(90),
      p99Ms: at(99),
      p999Ms: at(99.9),
      maxMs: at(100),
      distribution: [...histogram.percentiles].map(([percent, ns]) => [ns / nsPerMs, percent / 100]),
    };
  }
}
