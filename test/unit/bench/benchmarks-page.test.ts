import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { benches } from '../../../native-bench/report/bench-list.ts';
import { type BenchRecord, figureList, readResults } from '../../../native-bench/report/bench-results.ts';
import { keepRecord } from '../../../native-bench/report/benchmarks-folder.ts';
import { benchmarksPage } from '../../../native-bench/report/benchmarks-page.ts';
import { figure } from '../../../native-bench/report/figure.ts';
import {
  type ScalePoint,
  scalePoints,
  scalingPlots,
  shardPlot,
} from '../../../native-bench/report/scaling-points.ts';

const record = (more: Partial<BenchRecord>): BenchRecord => ({
  bench: 'ingest-text',
  size: 'short',
  command: 'npm run bench -- ingest-text',
  date: '2026-11-26 06:00 UTC',
  seconds: 12,
  commit: 'abc1234',
  environment: { machine: 'a machine', versions: 'node 20' },
  about: 'Texts.',
  figures: [figure('line / floor', 0.9, 'ratio', '>= 0.85')],
  plots: [],
  notes: [],
  error: null,
  ...more,
});

describe('the page of the benchmarks', () => {
  it('shows a figure with its target, its command, its date and its commit', () => {
    const page = benchmarksPage(benches, [record({})]);
    expect(page).toContain(
      '| line / floor | **0.900** | ≥ 0.85: holds | short | `npm run bench -- ingest-text` |',
    );
    expect(page).toContain('short, 2026-11-26 06:00 UTC, commit abc1234, 12 s');
    expect(page).toContain('a machine; node 20');
  });

  it('says of an indented figure what it is of', () => {
    const figures = [figure('idle, by text: p50', 4, 'ms'), figure('  p99', 12, 'ms', '< 10')];
    expect(benchmarksPage(benches, [record({ figures })])).toContain('| idle, by text: p99 | **12.0 ms** |');
  });

  it('shows a missed target as missed', () => {
    const figures = [figure('line / floor', 0.8, 'ratio', '>= 0.85')];
    expect(benchmarksPage(benches, [record({ figures })])).toContain('≥ 0.85: **missed**');
  });

  it('shows a bench that failed as failed, and the others all the same', () => {
    const failed = record({ bench: 'lexical', figures: [], error: 'it broke\nbadly' });
    const page = benchmarksPage(benches, [record({}), failed]);
    expect(page).toContain('- lexical **failed** on 2026-11-26 06:00 UTC');
    expect(page).toContain('it broke; badly');
    expect(page).toContain('line / floor');
  });

  it('names every bench that has not run', () => {
    const page = benchmarksPage(benches, []);
    for (const { name } of benches) expect(page).toContain(`- ${name}: has not run yet.`);
  });

  it('tells machines apart', () => {
    const other = record({ size: 'full', environment: { machine: 'another', versions: 'node 22' } });
    const page = benchmarksPage(benches, [record({}), other]);
    expect(page).toContain('1. a machine; node 20.');
    expect(page).toContain('2. another; node 22.');
    expect(page).toMatch(/full, .*machine 2\./);
  });

  it('is no table with a torn row, whatever a figure is called', () => {
    const figures = [figure('a | b\nc', 1, 'ratio')];
    expect(benchmarksPage(benches, [record({ figures })])).toContain('| a \\| b; c | 1.00 |');
  });
});

describe('the list of figures', () => {
  it('has an entry that does not hold for a bench that failed', () => {
    const list = figureList([record({}), record({ bench: 'lexical', figures: [], error: 'it broke' })]);
    expect(list.map(({ holds }) => holds)).toEqual([true, false]);
    expect(list.map(({ command }) => command)).toContain('npm run bench -- ingest-text');
  });
});

describe('the folder of the benchmarks', () => {
  let docs = '';
  beforeEach(() => {
    docs = mkdtempSync(join(tmpdir(), 'kms-docs-'));
  });
  afterEach(() => rmSync(docs, { recursive: true }));
  const page = () => readFileSync(join(docs, 'benchmarks.md'), 'utf8');

  it('replaces the part of the bench that ran, of the same size, and no other', () => {
    keepRecord(record({ commit: 'first00' }), docs);
    keepRecord(record({ commit: 'full000', size: 'full' }), docs);
    keepRecord(record({ bench: 'lexical', commit: 'other00' }), docs);
    keepRecord(record({ commit: 'second0' }), docs);
    expect(page()).not.toContain('first00');
    for (const commit of ['full000', 'other00', 'second0']) expect(page()).toContain(commit);
    expect(readResults(join(docs, 'benchmarks/results.json'))).toHaveLength(3);
  });

  it('has the pictures of the plots that the page shows, and no others', () => {
    const drawn = shardPlot([{ shards: 1, mainThreadMs: 1, otherThreadsMs: 2 }]);
    keepRecord(record({ plots: [{ ...drawn, file: 'old' }] }), docs);
    expect(page()).toContain('(benchmarks/old-short.svg)');
    keepRecord(record({ plots: [{ ...drawn, file: 'new' }] }), docs);
    expect(page()).not.toContain('old-short.svg');
    expect(existsSync(join(docs, 'benchmarks/old-short.svg'))).toBe(false);
    expect(existsSync(join(docs, 'benchmarks/new-short.svg'))).toBe(true);
  });

  it('calculates the larger machine from the measured law', () => {
    const points = [1_000, 10_000, 100_000].map(linearCosts);
    const shards = shardPlot(
      [1, 4].map((count) => ({ shards: count, mainThreadMs: 0.2 + 0.01 * count, otherThreadsMs: 1 })),
    );
    keepRecord(record({ bench: 'scaling', size: 'full', plots: [...scalingPlots(points), shards] }), docs);
    const scaling = readFileSync(join(docs, 'scaling.md'), 'utf8');
    // (64 - 16) GiB at 2,048 bytes a vector.
    expect(scaling).toContain('**It holds 25.1 million vectors**');
    expect(scaling).toContain('| **exponent** | 1.00 | 0.00 |');
    // 0.2 ms and a hundredth for each of 24 shards: 0.44 ms, of which 70 % of a second has 1,591.
    expect(scaling).toContain('**1,591 searches a second**');
    // 24 shards of 4,000 a second at 0.6 would take 57,600; the thread that they share passes 20,000.
    expect(scaling).toContain('**20,000 documents a second**');
    expect(scaling).toMatch(/\| 5\.0 M \| 208,333 \| 20,000 \|/);
  });
});

describe('the points of the scaling law', () => {
  it('come back from their plots as they were', () => {
    const points = [1_000, 10_000].map(linearCosts);
    expect(scalePoints(scalingPlots(points))).toEqual(points);
  });
});

/** Costs that grow as the vectors do, but for searches. */
function linearCosts(vectors: number): ScalePoint {
  return {
    vectors,
    buildSeconds: vectors / 4_000,
    sharedThreadMs: 0.05,
    searchP50Ms: 1.5,
    recall: 0.98,
    mainThreadMs: 0.21,
    otherThreadsMs: 0.3,
    memoryBytes: 2_048 * vectors,
    snapshotSeconds: vectors / 100_000,
    snapshotBytes: 1_700 * vectors,
    storeBytes: 2_500 * vectors,
    cleanStartSeconds: vectors / 80_000,
    killedStartSeconds: vectors / 60_000,
  };
}
