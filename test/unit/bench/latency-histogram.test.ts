import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../native-bench/load/latency-histogram.ts';
import { LoadCount } from '../../../native-bench/load/load-report.ts';

describe('a histogram of latencies', () => {
  it('gives each quantile within a thousandth of the sample that stands there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1 }),
        (samples) => {
          const histogram = new LatencyHistogram();
          for (const ms of samples) histogram.record(ms);
          const sorted = [...samples].sort((a, b) => a - b);
          const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
          const { p50Ms, p99Ms, maxMs, count } = histogram.summary();
          expect(count).toBe(samples.length);
          for (const [found, wanted] of [
            [p50Ms, at(0.5)],
            [p99Ms, at(0.99)],
            [maxMs, at(1)],
          ] as const) {
            expect(Math.abs(found - wanted)).toBeLessThanOrEqual(wanted / 1_000 + 1e-6);
          }
        },
      ),
    );
  });

  it('of nothing has no quantiles', () => {
    const { count, p99Ms, meanMs } = new LatencyHistogram().summary();
    expect({ count, p99Ms, meanMs }).toEqual({ count: 0, p99Ms: Number.NaN, meanMs: Number.NaN });
  });
});

describe('the report of a load', () => {
  it('keeps failures out of the latencies and counts them by code', () => {
    const counts = new LoadCount();
    counts.add({ kind: 'vector', latencyMs: 10, latenessMs: 1, error: null });
    counts.add({ kind: 'vector', latencyMs: 0.01, latenessMs: 1, error: { code: 14 } });
    counts.add({ kind: 'text', latencyMs: 20, latenessMs: 3, error: null });
    const report = counts.report({ seconds: 2, server: { main: 0.004, others: 0.002 }, client: 0.006 });

    expect(report).toMatchObject({ answered: 2, answeredPerSecond: 1, errors: { UNAVAILABLE: 1 } });
    expect(report.byKind.vector).toMatchObject({
      answered: 1,
      errors: { UNAVAILABLE: 1 },
      latency: { count: 1 },
    });
    expect(report.latency.meanMs).toBeCloseTo(15, 1);
    expect(report.lateness).toMatchObject({ count: 3 });
    expect(report.cpu).toEqual({ serverMain: 2, serverOthers: 1, client: 3, unit: 'ms' });
  });
});
