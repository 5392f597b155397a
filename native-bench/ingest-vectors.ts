// Documents that bring their vectors: the durable line of one shard against hnswlib in C++ alone, once sustained (until the tail
// is empty) and once as a burst that fits the tail. They take turns, so that a slow spell of the machine meets all. A loop
// over the addon as the package builds it, which is what one would have without the engine, is given for reference.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type hnswlib from 'hnswlib-node';
import { buildNativeAt } from '../scripts/build-native.mjs';
import { HnswGraph } from '../src/vector/hnsw-graph.ts';
import { clusteredVectors, vectorDocuments } from './bench-data.ts';
import { load, secondsSince, tailEmptied, withEngine, withFolder } from './bench-engine.ts';
import { graphParameters, measureHnswFloor, noCompiler } from './floors/hnsw-floor.ts';
import { type BenchOutcome, type BenchSize, figure } from './report/figure.ts';
import { median } from './report/statistics.ts';

export const about =
  'One shard takes documents with vectors of 384 components through gRPC, each durable before it is acknowledged; beside it the ' +
  'same vectors go into the same graph in C++, on one thread, with nothing around it. The two take turns. The C++ is compiled before ' +
  'it runs; so is the engine, but for the first burst of a process, which is given apart.';

const { dimensions, m, efConstruction } = graphParameters;
const burstCount = 8_000;

export async function run(size: BenchSize): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_VECTORS'] ?? (size === 'full' ? 30_000 : 10_000));
  const rounds = Number(process.env['KMS_BENCH_ROUNDS'] ?? (size === 'full' ? 3 : 2));
  const vectors = clusteredVectors(Math.max(count, burstCount), dimensions, 7);
  const stored = vectors.subarray(0, count * dimensions);
  const floors: number[] = [];
  const graphAlone: number[] = [];
  const engine: EngineRates[] = [];
  for (let round = 0; round < rounds; round++) {
    const floor = await measureHnswFloor({ vectors: stored, queries: stored.subarray(0, 10 * dimensions) });
    floors.push(floor?.builds[0]?.vectorsPerSecond ?? Number.NaN);
    graphAlone.push(graphRate(stored));
    engine.push(await engineRates(vectors, count));
  }
  const floor = median(floors);
  const rate = (name: keyof EngineRates) => median(engine.map((rates) => rates[name]));
  return {
    figures: [
      figure(
        `sustained ingest of ${count}, until the tail is empty / C++`,
        rate('sustained') / floor,
        'ratio',
        '>= 0.85',
      ),
      figure(`burst of ${burstCount}, which fits the tail / C++`, rate('burst') / floor, 'ratio', '>= 3'),
      figure(`C++ hnswlib, one thread, ${count} vectors`, floor, '1/s'),
      figure("the engine's graph alone, one thread of Node", median(graphAlone), '1/s'),
      // Compiled for this, which takes as long as a short run of the bench.
      ...(size === 'full'
        ? [figure('a loop over the addon as its package builds it', await packageRate(stored), '1/s')]
        : []),
      figure('engine, until the tail is empty', rate('sustained'), '1/s'),
      figure('engine, acknowledged', rate('acknowledged'), '1/s'),
      figure('engine, burst', rate('burst'), '1/s'),
      figure('engine, the first burst of a fresh process', rate('firstBurst'), '1/s'),
    ],
    notes: Number.isNaN(floor) ? [noCompiler] : [],
  };
}

/** Insertions a second into the engine's own graph, on one thread of Node, nothing else. */
function graphRate(vectors: Float32Array): number {
  const count = vectors.length / dimensions;
  const graph = new HnswGraph({ dimensions, m, efConstruction });
  const start = performance.now();
  for (let i = 0; i < count; i++) graph.add(i, vectors.subarray(i * dimensions, (i + 1) * dimensions));
  return count / secondsSince(start);
}

/** The same with the addon as its package builds it: numbers in arrays, no processor's instructions beyond SSE. */
async function packageRate(vectors: Float32Array): Promise<number> {
  const count = vectors.length / dimensions;
  return await withFolder(async (folder) => {
    const path = join(folder, 'addon.node');
    buildNativeAt(path);
    const addon = createRequire(import.meta.url)(path) as typeof hnswlib;
    const index = new addon.HierarchicalNSW('ip', dimensions);
    index.initIndex(count, m, efConstruction);
    const point = new Array<number>(dimensions).fill(0);
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      for (let d = 0; d < dimensions; d++) point[d] = vectors[i * dimensions + d] as number;
      index.addPoint(point, i);
    }
    return count / secondsSince(start);
  });
}

const oneShard = { KMS_SHARDS: '1' };
const loadOptions = { documentsPerMessage: 128, messagesInFlight: 8 };
/** After so many bursts the processor time of a document is what it stays at: until then V8 compiles. */
const warmUpBursts = 3;

interface EngineRates {
  /** Documents a second of the very first burst, of one into a warm engine, and sustained. */
  readonly firstBurst: number;
  readonly burst: number;
  readonly acknowledged: number;
  readonly sustained: number;
}

/** Everything with one engine, each load into a collection of its own and with no vector waiting before it. */
async function engineRates(vectors: Float32Array, count: number): Promise<EngineRates> {
  return await withEngine(oneShard, async (engine) => {
    const rateOf = async (collection: string, documents: number) => {
      const start = performance.now();
      await load(engine, vectorDocuments(vectors, dimensions, { count: documents, collection }), loadOptions);
      const acknowledged = documents / secondsSince(start);
      await tailEmptied(engine, collection, 0);
      return { acknowledged, sustained: documents / secondsSince(start) };
    };
    const first = await rateOf('first', burstCount);
    for (let i = 1; i < warmUpBursts; i++) await rateOf(`warm-up-${i}`, burstCount);
    const burst = await rateOf('burst', burstCount);
    const { acknowledged, sustained } = await rateOf('sustained', count);
    return { firstBurst: first.acknowledged, burst: burst.acknowledged, acknowledged, sustained };
  });
}
