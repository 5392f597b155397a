import fc from 'fast-check';
import { Histogram, type Metric, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { BucketHistogram } from '../../../src/observability/bucket-histogram.ts';

const options = { name: 'kms_test_seconds', help: 'Of a test.', buckets: [0.001, 0.01, 0.1, 1] };

async function textOf(metric: unknown): Promise<string> {
  const registry = new Registry();
  registry.registerMetric(metric as Metric);
  return await registry.metrics();
}

describe('a histogram of our own', () => {
  it('reads as one of prom-client with the same samples', async () => {
    const seconds = fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.constantFrom(...options.buckets, 0, 1e9),
    );
    const sample = fc.record({ stage: fc.constantFrom('embed', 'index', 'a "quoted" one'), seconds });
    const property = fc.asyncProperty(fc.array(sample, { maxLength: 60 }), async (samples) => {
      const ours = new BucketHistogram({ ...options, labelNames: ['stage'] });
      const theirs = new Histogram({ ...options, labelNames: ['stage'], registers: [] });
      for (const { stage, seconds } of samples) {
        ours.series({ stage }).observe(seconds);
        theirs.observe({ stage }, seconds);
      }
      expect(await textOf(ours)).toBe(await textOf(theirs));
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it('without labels it is there before its first sample, with them it is not', async () => {
    const theirs = new Histogram({ ...options, registers: [] });
    expect(await textOf(new BucketHistogram({ ...options, labelNames: [] }))).toBe(await textOf(theirs));
    const labelled = new BucketHistogram({ ...options, labelNames: ['stage'] });
    labelled.series({ stage: 'embed' });
    expect(await textOf(labelled)).not.toContain('embed');
  });
});
