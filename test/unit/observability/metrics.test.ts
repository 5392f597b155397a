import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type MetricDeclaration,
  metricDeclarations,
} from '../../../src/observability/metric-declarations.ts';
import { Metrics } from '../../../src/observability/metrics.ts';

const declarations: [string, MetricDeclaration][] = Object.entries(metricDeclarations);

describe('metric names', () => {
  it.each(declarations)('%s keeps the conventions of Prometheus', (name, { kind, help, labels, buckets }) => {
    expect(name).toMatch(/^(kms|grpc_server)_[a-z][a-z0-9_]*[a-z]$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(name).not.toMatch(/_(count|sum|bucket)$/);
    // A gauge that is always 1 and says something with its labels.
    expect(name.endsWith('_info')).toBe(name === 'kms_build_info');
    expect(name).not.toMatch(
      /_(ms|milliseconds|us|ns|minutes|hours|kb|kib|mb|mib|kilobytes|percent|counter|gauge|histogram)(_|$)/,
    );
    expect(help).toMatch(/^[A-Z].+\.$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
    for (const label of labels) expect(['le', 'quantile', 'id', 'collection']).not.toContain(label);
    expect(buckets === undefined).toBe(kind !== 'histogram');
    expect(buckets ?? []).toEqual([...(buckets ?? [])].sort((a, b) => a - b));
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
  });

  it('every metric that the source names is declared', () => {
    const src = new URL('../../../src/', import.meta.url);
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    const named = files.flatMap((path) =>
      [...readFileSync(new URL(path, src), 'utf8').matchAll(/'(kms_[a-z_]+|grpc_server_[a-z_]+)'/g)].map(
        ([, name]) => name,
      ),
    );
    expect([...new Set(named)].filter((name) => !Object.hasOwn(metricDeclarations, name ?? ''))).toEqual([]);
  });
});

describe('the registry', () => {
  it('counts, samples and gauges appear under their names with their labels', async () => {
    const metrics = new Metrics({ withProcess: false });
    metrics.count('kms_ingest_documents_total', 3, { outcome: 'indexed' });
    metrics.apply({ type: 'count', metric: 'kms_embedding_tokens_total', labels: {}, by: 40 });
    metrics.apply({
      type: 'observe',
      metric: 'kms_stage_seconds',
      labels: { stage: 'embed' },
      values: [0.002, 0.2],
    });
    metrics.set('kms_index_vectors', 7, { shard: '0', part: 'tail' });
    const { text } = await metrics.scrape();
    expect(text).toContain('kms_ingest_documents_total{outcome="indexed"} 3');
    expect(text).toContain('kms_embedding_tokens_total 40');
    expect(text).toContain('kms_stage_seconds_bucket{le="0.0025",stage="embed"} 1');
    expect(text).toContain('kms_stage_seconds_count{stage="embed"} 2');
    expect(text).toContain('kms_index_vectors{shard="0",part="tail"} 7');
  });

  it('a gauge that was never measured is absent instead of 0', async () => {
    const metrics = new Metrics({ withProcess: false });
    const isThere = async () => /^kms_index_tombstones\{/m.test((await metrics.scrape()).text);
    expect(await isThere()).toBe(false);
    metrics.set('kms_index_tombstones', 3, { shard: '0' });
    expect(await isThere()).toBe(true);
    metrics.clear('kms_index_tombstones');
    expect(await isThere()).toBe(false);
  });

  it('a delta with an undeclared name, kind, label or value is refused', () => {
    const metrics = new Metrics({ withProcess: false });
    const count = (metric: string, labels: Record<string, string>, by: number) => () =>
      metrics.apply({ type: 'count', metric, labels, by });
    expect(count('kms_nothing_total', {}, 1)).toThrow('not a declared metric');
    expect(count('constructor', {}, 1)).toThrow('not a declared metric');
    expect(count('kms_stage_seconds', { stage: 'embed' }, 1)).toThrow('not a declared counter');
    expect(count('kms_ingest_documents_total', {}, 1)).toThrow('takes the labels');
    expect(count('kms_ingest_documents_total', { outcome: 'indexed', id: '7' }, 1)).toThrow(
      'takes the labels',
    );
    expect(count('kms_embedding_tokens_total', {}, -1)).toThrow('must be finite and not negative');
    expect(count('kms_embedding_tokens_total', {}, Number.NaN)).toThrow('must be finite and not negative');
  });

  it('gauges are refreshed before each scrape', async () => {
    const metrics = new Metrics({ withProcess: false });
    let tombstones = 0;
    metrics.refreshBeforeScrape(() => metrics.set('kms_index_tombstones', ++tombstones, { shard: '0' }));
    await metrics.scrape();
    expect((await metrics.scrape()).text).toMatch(/^kms_index_tombstones\{shard="0"\} 2$/m);
  });

  it('the metrics of the process are there when asked for', async () => {
    const { text } = await new Metrics({ withProcess: true }).scrape();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    const gauges = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name);
    expect(gauges.filter((name) => name?.endsWith('_total'))).toEqual([]);
  });
});
