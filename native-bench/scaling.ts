// How costs grow with the number of vectors: a fresh engine for each size, loaded through gRPC, searched, snapshotted, stopped,
// killed and started again. docs/scaling.md is calculated from these figures.

import { join } from 'node:path';
import type { EngineProcess } from '../test/support/engine-process.ts';
import { load, secondsSince, tailEmptied, timedStart, withFolder } from './bench-engine.ts';
import { busiestThreads, diskBytes, readThreads, settledBytes, threadSeconds } from './process-usage.ts';
import type { BenchOutcome, BenchSize } from './report/figure.ts';
import {
  type ScalePoint,
  type ShardPoint,
  scalingFigures,
  scalingPlots,
  shardPlot,
} from './report/scaling-points.ts';
import { quantile } from './report/statistics.ts';
import { VectorFile } from './vector-file.ts';

export const about =
  'One shard, vectors of 384 components, default settings: building, searching, memory, snapshots and starts by the number of ' +
  'vectors, each on a fresh engine, with the exponent of the power law that fits (1: cost grows as the vectors do).';

const dimensions = 384;
const loadOptions = { documentsPerMessage: 128, messagesInFlight: 8 };
const limit = 10;
/** Of the machine, so that the figures of all machines are of the same thing. */
const oneShard = { KMS_SHARDS: '1' };
const sizes: Readonly<Record<BenchSize, readonly number[]>> = {
  short: [5_000, 10_000, 20_000],
  full: [10_000, 30_000, 100_000, 300_000, 1_000_000],
};

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const wanted = process.env['KMS_BENCH_SIZES']?.split(',').map(Number) ?? sizes[size];
  const points: ScalePoint[] = [];
  for (const vectors of wanted) {
    const startMs = performance.now();
    points.push(await withFolder((folder) => measured(folder, vectors, size)));
    console.log(`  ${vectors} vectors: ${secondsSince(startMs).toFixed(0)} s`);
  }
  const shardPoints: ShardPoint[] = [];
  for (const shards of size === 'full' ? [1, 4, 16] : [1, 4]) {
    shardPoints.push(await withFolder((folder) => measuredShards(folder, shards)));
  }
  return {
    figures: scalingFigures(points),
    plots: [...scalingPlots(points), shardPlot(shardPoints)],
    notes: [
      'Building: until every vector is in the graph. Search: by vector, ten hits, ef 64, one at a time. Processor time a query is that of the engine process with 16 queries in flight: the main thread, and all other threads together.',
      'The kill comes when the last of some more documents, loaded at full rate, is acknowledged. Memory is what the vectors add to the RssAnon of the empty engine, each two seconds after a clean start.',
    ],
  };
}

async function measured(folder: string, count: number, size: BenchSize): Promise<ScalePoint> {
  const queries = size === 'full' ? 500 : 200;
  const judged = size === 'full' ? 100 : 50;
  const more = Math.min(10_000, count / 5);
  const file = new VectorFile(folder, count + more + queries, dimensions, 11);
  const dataDir = join(folder, 'data');
  const asked = [...file.rows(count + more, count + more + queries)];

  // The first start makes the model's file; the garbage of that is not in the memory of the second.
  await (await timedStart(dataDir, oneShard)).engine.stop();
  const { engine } = await timedStart(dataDir, oneShard);
  const emptyBytes = await settledBytes(engine.pid);
  const before = readThreads(engine.pid);
  const startMs = performance.now();
  await load(engine, file.documents(0, count), loadOptions);
  await tailEmptied(engine, 'cases', 0);
  const buildSeconds = secondsSince(startMs);
  // The index thread is the busiest by far while the graph is built; the next one bounds what more shards can take.
  const [, nextSeconds = Number.NaN] = busiestThreads(engine.pid, before);

  const search = await searched(engine, asked, judged);
  const snapshotStartMs = performance.now();
  await engine.client.createSnapshot({});
  const snapshotSeconds = secondsSince(snapshotStartMs);
  await engine.stop();
  const snapshotBytes = diskBytes(dataDir, (path) => path.includes('/snapshots/'));
  const storeBytes = diskBytes(dataDir, (path) => path.endsWith('.mdb'));

  const clean = await timedStart(dataDir, oneShard);
  const memoryBytes = (await settledBytes(clean.engine.pid)) - emptyBytes;
  await load(clean.engine, file.documents(count, count + more), loadOptions);
  await clean.engine.kill();
  const killed = await timedStart(dataDir, oneShard);
  await killed.engine.stop();
  file.close();
  return {
    vectors: count,
    buildSeconds,
    sharedThreadMs: (1_000 * nextSeconds) / count,
    ...search,
    memoryBytes,
    snapshotSeconds,
    snapshotBytes,
    storeBytes,
    cleanStartSeconds: clean.readySeconds,
    killedStartSeconds: killed.readySeconds,
  };
}

/** What more shards cost the main thread, which merges their lists: processor time, so that few cores do not matter. */
async function measuredShards(folder: string, shards: number): Promise<ShardPoint> {
  const count = 5_000;
  const file = new VectorFile(folder, count + 200, dimensions, 11);
  const { engine } = await timedStart(join(folder, 'data'), { KMS_SHARDS: String(shards) });
  await load(engine, file.documents(0, count), loadOptions);
  const { mainThreadMs, otherThreadsMs } = await searched(engine, [...file.rows(count, count + 200)], 0);
  await engine.stop();
  file.close();
  return { shards, mainThreadMs, otherThreadsMs };
}

type SearchCosts = Pick<ScalePoint, 'searchP50Ms' | 'recall' | 'mainThreadMs' | 'otherThreadsMs'>;

/** `asked`: vectors as bytes; the first `judged` of them are compared with an exact search. */
async function searched(
  engine: EngineProcess,
  asked: readonly Buffer[],
  judged: number,
): Promise<SearchCosts> {
  const ask = async (vector: Buffer, exact = false) => {
    const { hits } = await engine.client.search({ vector, limit, exact, mode: 'SEARCH_MODE_SEMANTIC' });
    return hits.map(({ document }) => document?.id ?? '');
  };
  let found = 0;
  for (const vector of asked.slice(0, judged)) {
    const exact = new Set(await ask(vector, true));
    found += (await ask(vector)).filter((id) => exact.has(id)).length;
  }
  const samples: number[] = [];
  for (const vector of asked) {
    const startMs = performance.now();
    await ask(vector);
    samples.push(performance.now() - startMs);
  }
  const before = threadSeconds(engine.pid);
  // Enough for the hundredths of a second that the kernel counts in.
  const rounds = Math.ceil(4_000 / asked.length);
  const lane = async (first: number) => {
    for (let i = first; i < rounds * asked.length; i += 16) await ask(asked[i % asked.length] as Buffer);
  };
  await Promise.all(Array.from({ length: 16 }, (_, first) => lane(first)));
  const after = threadSeconds(engine.pid);
  const perQueryMs = 1_000 / (rounds * asked.length);
  return {
    searchP50Ms: quantile(samples, 0.5),
    recall: found / (judged * limit),
    mainThreadMs: (after.main - before.main) * perQueryMs,
    otherThreadsMs: (after.others - before.others) * perQueryMs,
  };
}
