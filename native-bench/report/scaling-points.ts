// The measured points of the scaling law, as figures, as plots, and back: the page of the law is made from the plots that the
// records keep.

import { linkedBytes } from '../../src/vector/graph-bytes.ts';
import { type Figure, figure, type Plot } from './figure.ts';
import { type PowerLaw, powerLaw } from './statistics.ts';

/** Of the vectors that are measured, with the engine's default M. */
const shape = { dimensions: 384, m: 16 } as const;

export interface ScalePoint {
  readonly vectors: number;
  /** Until all are in the graph. */
  readonly buildSeconds: number;
  /** Processor time of a document in the busiest thread that all shards share: the main, extract or clean thread. */
  readonly sharedThreadMs: number;
  readonly searchP50Ms: number;
  /** At 10, 0..1. */
  readonly recall: number;
  /** Processor time of one query. */
  readonly mainThreadMs: number;
  readonly otherThreadsMs: number;
  /** What the vectors add to the empty engine's. */
  readonly memoryBytes: number;
  readonly snapshotSeconds: number;
  readonly snapshotBytes: number;
  readonly storeBytes: number;
  readonly cleanStartSeconds: number;
  readonly killedStartSeconds: number;
}

/** Processor time of one query by the number of shards. */
export interface ShardPoint {
  readonly shards: number;
  readonly mainThreadMs: number;
  readonly otherThreadsMs: number;
}

export type ScaleCost = Exclude<keyof ScalePoint, 'vectors'>;

interface CostPlot {
  readonly file: string;
  readonly title: string;
  readonly yLabel: string;
  readonly yScale: 'linear' | 'log';
  readonly costs: Partial<Readonly<Record<ScaleCost, string>>>;
}

/** Which cost is drawn where, and what its line is called. */
const costPlots: readonly CostPlot[] = [
  {
    file: 'scaling-build',
    title: 'Building: all vectors durable and in the graph',
    yLabel: 'seconds',
    yScale: 'log',
    costs: { buildSeconds: 'building' },
  },
  {
    file: 'scaling-search',
    title: 'A search by vector, ten hits, ef 64',
    yLabel: 'milliseconds',
    yScale: 'linear',
    costs: {
      searchP50Ms: 'p50, one at a time',
      mainThreadMs: 'processor, main thread',
      otherThreadsMs: 'processor, other threads',
    },
  },
  {
    file: 'scaling-ingest',
    title: 'Processor time of a document in the busiest thread that is not a shard',
    yLabel: 'milliseconds',
    yScale: 'linear',
    costs: { sharedThreadMs: 'a document' },
  },
  {
    file: 'scaling-recall',
    title: 'Recall@10 at ef 64',
    yLabel: 'share',
    yScale: 'linear',
    costs: { recall: 'recall' },
  },
  {
    file: 'scaling-bytes',
    title: 'Bytes',
    yLabel: 'bytes',
    yScale: 'log',
    costs: { memoryBytes: 'memory', snapshotBytes: 'snapshots on disk', storeBytes: 'store on disk' },
  },
  {
    file: 'scaling-seconds',
    title: 'Snapshots and starts',
    yLabel: 'seconds',
    yScale: 'log',
    costs: {
      snapshotSeconds: 'writing a snapshot',
      cleanStartSeconds: 'ready after a stop',
      killedStartSeconds: 'ready after kill -9',
    },
  },
];

export function scalingPlots(points: readonly ScalePoint[]): Plot[] {
  return costPlots.map(({ costs, ...plot }) => ({
    ...plot,
    xLabel: 'vectors',
    kind: 'line',
    xScale: 'log',
    series: Object.entries(costs).map(([cost, name]) => ({
      name,
      points: points.map((point) => ({ x: point.vectors, y: point[cost as ScaleCost] })),
    })),
  }));
}

const shardLines = { mainThreadMs: 'main thread', otherThreadsMs: 'other threads' } as const;

export function shardPlot(points: readonly ShardPoint[]): Plot {
  return {
    file: 'scaling-shards',
    title: 'Processor time of a search by vector, 5,000 vectors in all',
    xLabel: 'shards',
    yLabel: 'milliseconds',
    kind: 'line',
    series: Object.entries(shardLines).map(([cost, name]) => ({
      name,
      points: points.map((point) => ({ x: point.shards, y: point[cost as keyof ShardPoint] })),
    })),
  };
}

/** What a search asks of the main thread with so many shards, in milliseconds: the line through the fewest and the most. */
export function mainThreadMs(plots: readonly Plot[], shards: number): number {
  const line = plots
    .find(({ file }) => file === 'scaling-shards')
    ?.series.find(({ name }) => name === shardLines.mainThreadMs);
  const [first, last] = [line?.points[0], line?.points.at(-1)];
  if (first === undefined || last === undefined) throw new Error('the plot of the shards has no points');
  const slope = Math.max(0, (last.y - first.y) / (Number(last.x) - Number(first.x)));
  return first.y + slope * (shards - Number(first.x));
}

/** The points that `scalingPlots` drew, by size; throws when a cost is missing. */
export function scalePoints(plots: readonly Plot[]): ScalePoint[] {
  const byVectors = new Map<number, Record<string, number>>();
  for (const { file, costs } of costPlots) {
    const series = plots.find((plot) => plot.file === file)?.series;
    for (const [cost, name] of Object.entries(costs)) {
      const points = series?.find((line) => line.name === name)?.points;
      if (points === undefined) throw new Error(`the plot ${file} has no line "${name}"`);
      for (const { x, y } of points) {
        const point = byVectors.get(Number(x)) ?? { vectors: Number(x) };
        point[cost] = y;
        byVectors.set(Number(x), point);
      }
    }
  }
  return ([...byVectors.values()] as unknown as ScalePoint[]).sort((a, b) => a.vectors - b.vectors);
}

/** Without the points that are not positive, which small sizes have when heaps shrink meanwhile; NaN of fewer than two. */
export function costLaw(points: readonly ScalePoint[], cost: ScaleCost): PowerLaw {
  const positive = points.map((point) => ({ x: point.vectors, y: point[cost] })).filter(({ y }) => y > 0);
  if (positive.length < 2) return { factor: Number.NaN, exponent: Number.NaN, explained: Number.NaN };
  return powerLaw(positive);
}

/**
 * Bytes of memory that one more vector takes: the slope between the smallest and the largest size, but never less than the
 * vector and its links, which a run of small sizes would give when the heaps of the threads shrink meanwhile.
 */
export function bytesPerVector(points: readonly ScalePoint[]): number {
  const [first, last] = [points[0] as ScalePoint, points.at(-1) as ScalePoint];
  const slope = (last.memoryBytes - first.memoryBytes) / (last.vectors - first.vectors);
  return Math.max(slope || 0, linkedBytes(shape, 1));
}

export function scalingFigures(points: readonly ScalePoint[]): Figure[] {
  const bySize = points.flatMap((point) => {
    const at = `${point.vectors.toLocaleString('en-US')} vectors`;
    return [
      figure(`${at}: built`, point.vectors / point.buildSeconds, '1/s'),
      figure(`${at}: search p50`, point.searchP50Ms, 'ms'),
      figure(`${at}: recall@10`, point.recall, ''),
      figure(
        `${at}: memory added / vectors and graph`,
        point.memoryBytes / linkedBytes(shape, point.vectors),
        'ratio',
      ),
      figure(`${at}: ready after a stop`, point.cleanStartSeconds, 's'),
      figure(`${at}: ready after kill -9`, point.killedStartSeconds, 's'),
    ];
  });
  const laws: Partial<Readonly<Record<ScaleCost, string>>> = {
    buildSeconds: 'building',
    searchP50Ms: 'search p50',
    otherThreadsMs: 'processor time of a search besides the main thread',
    memoryBytes: 'memory',
    snapshotSeconds: 'writing a snapshot',
    snapshotBytes: 'bytes of the snapshots',
    cleanStartSeconds: 'start after a stop',
    killedStartSeconds: 'start after kill -9',
  };
  const exponents = Object.entries(laws).map(([cost, name]) =>
    figure(`exponent: ${name}`, costLaw(points, cost as ScaleCost).exponent, ''),
  );
  return [...bySize, ...exponents, figure('memory of one more vector', bytesPerVector(points), 'B')];
}
