// Filtered searches over 100,000 vectors (short: 20,000) in one shard, without gRPC around it: how many of the ten that a
// comparison with every passing vector finds are found, and how long it takes, by how many documents pass and by the kind
// of filter.

import type { Filter } from '../src/model/filter.ts';
import { randomFrom, wholeBetween } from '../test/support/random.ts';
import { withFolder } from './bench-engine.ts';
import { BenchShard } from './bench-shard.ts';
import { type BenchOutcome, type BenchSize, type Figure, figure, type Plot } from './report/figure.ts';
import { quantile } from './report/statistics.ts';

export const about =
  'Vectors of 384 components with attributes in one shard, without gRPC around it; filters of several kinds that a half, a ' +
  'twentieth, a two-hundredth and a two-thousandth of the documents pass. Beside it: an exact scan of what passes.';

const dimensions = 384;

/** One value in so many documents, of each of these fields; and a number that no two documents share. */
const shares = { half: 2, team: 20, customer: 200, release: 2_000 };
type Field = keyof typeof shares;

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const stored = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  const queries = Number(process.env['KMS_BENCH_QUERIES'] ?? (size === 'full' ? 50 : 20));
  const random = randomFrom(23);
  return await withFolder(async (folder) => {
    const shard = new BenchShard(folder, dimensions);
    await shard.start();
    try {
      const asked = await shard.fill({ first: 0, count: stored, more: queries, seed: 11 }, (row) => ({
        number: (row * 7_919) % stored,
        ...Object.fromEntries(
          Object.entries(shares).map(([field, values]) => [field, `v${wholeBetween(random, 0, values - 1)}`]),
        ),
      }));
      return await measuredShares(shard, asked, stored);
    } finally {
      await shard.stop();
    }
  });
}

async function measuredShares(
  shard: BenchShard,
  queries: readonly Float32Array[],
  stored: number,
): Promise<BenchOutcome> {
  const p99s: Figure[] = [];
  const kinds: Figure[] = [];
  let lowestRecall = 1;
  const points: { x: string; y: number }[] = [];
  for (const [field, values] of Object.entries(shares)) {
    const all: number[] = [];
    for (const [kind, filter] of Object.entries(filtersOf(field as Field, stored))) {
      const { recall, samples, plans } = await measured(shard, queries, filter);
      all.push(...samples);
      const name = `${100 / values} % pass, ${kind} (${[...plans].join(', ')})`;
      kinds.push(figure(`${name}: recall@10`, recall, ''));
      lowestRecall = Math.min(lowestRecall, recall);
      kinds.push(figure(`${name}: p50`, quantile(samples, 0.5), 'ms'));
    }
    const p99 = quantile(all, 0.99);
    p99s.push(
      figure(
        `${100 / values} % of ${stored.toLocaleString('en-US')} pass, all kinds: p99`,
        p99,
        'ms',
        '< 15',
      ),
    );
    points.push({ x: `${100 / values} %`, y: p99 });
  }
  const plot: Plot = {
    file: 'filtered-search-p99',
    title: `Filtered search over ${stored.toLocaleString('en-US')} vectors, all kinds of filters`,
    xLabel: 'documents that pass',
    yLabel: 'p99, milliseconds',
    kind: 'bar',
    series: [{ name: 'p99', points }],
  };
  const recall = figure('recall@10, the lowest of all kinds and shares', lowestRecall, '', '>= 0.98');
  return { figures: [recall, ...p99s, ...kinds], plots: [plot] };
}

/** Filters of several kinds that the same share of the documents passes. */
function filtersOf(field: Field, stored: number): Readonly<Record<string, Filter>> {
  const value = (name: Field, number: number): Filter => ({
    type: 'in',
    field: name,
    values: [`v${number}`],
  });
  const passing = Math.round(stored / shares[field]);
  const from = Math.round((stored - passing) / 3);
  const range = (count: number): Filter => ({
    type: 'range',
    field: 'number',
    lower: { value: from, isInclusive: true },
    upper: { value: from + count, isInclusive: false },
  });
  return {
    equality: value(field, 1),
    'range of unique numbers': range(passing),
    'in, and, not': {
      type: 'and',
      filters: [
        { type: 'in', field, values: ['v0', 'v1'] },
        { type: 'not', filter: value('half', 0) },
      ],
    },
    or: { type: 'or', filters: [value(field, 0), range(Math.round(passing / 10))] },
  };
}

/** Recall@10 against the exact scan, latencies, and which ways were taken. */
async function measured(
  shard: BenchShard,
  queries: readonly Float32Array[],
  filter: Filter,
): Promise<{ recall: number; samples: number[]; plans: Set<string> }> {
  const samples: number[] = [];
  const plans = new Set<string>();
  let [found, expected] = [0, 0];
  for (const query of queries) {
    const exact = new Set((await shard.search(query, filter, true)).hits[0]?.map(({ id }) => id));
    const startMs = performance.now();
    const answer = await shard.search(query, filter, false);
    samples.push(performance.now() - startMs);
    plans.add(answer.filterPlan);
    expected += exact.size;
    found += answer.hits[0]?.filter(({ id }) => exact.has(id)).length ?? 0;
  }
  return { recall: found / expected, samples, plans };
}
