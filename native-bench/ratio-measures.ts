// What the gate against regressions measures: each function compares two things in turns, some seconds long, and gives their
// ratio. The sizes are tiny; the bounds allow for that.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ensureMiniLmModelFile } from '../src/embedding/minilm/minilm-model-file.ts';
import { openMiniLmSession } from '../src/embedding/minilm/minilm-session.ts';
import { loadMiniLmTokenizer } from '../src/embedding/minilm/minilm-tokenizer.ts';
import { createKmsClient, type KmsClient } from '../src/grpc/client.ts';
import type { SearchResponse } from '../src/grpc/generated/kms/v1/SearchResponse.ts';
import { linkedBytes } from '../src/vector/graph-bytes.ts';
import { HnswGraph } from '../src/vector/hnsw-graph.ts';
import { benchTexts, clusteredVectors, rowBytes, vectorDocuments } from './bench-data.ts';
import { load, secondsSince, tailEmptied, withEngine, withFolder } from './bench-engine.ts';
import { BenchShard } from './bench-shard.ts';
import { startEcho } from './floors/echo-floor.ts';
import { graphParameters, type HnswFloor, measureHnswFloor, noCompiler } from './floors/hnsw-floor.ts';
import { anonymousBytes, threadSeconds } from './process-usage.ts';
import { median } from './report/statistics.ts';

const { dimensions, m, efConstruction } = graphParameters;
const count = 4_000;
const queryCount = 100;
const oneShard = { KMS_SHARDS: '1', KMS_EMBED_THREADS_MAX: '1' };

/** By the names of ratio-bounds.json, in the order in which they are measured. */
export const ratioMeasures: Readonly<Record<string, () => Promise<number>>> = {
  'memory that documents add to a shard / vectors and graph': memoryRatio,
  'insertion into the graph / C++ hnswlib': insertionRatio,
  'search by vector over gRPC / (C++ search + echo round trip), p50': searchRatio,
  'durable ingest of documents with vectors until the tail is empty / C++ hnswlib': ingestRatio,
  'processor time of texts through the whole line / bare onnxruntime loop': textRatio,
};

async function floorOf(vectors: Float32Array): Promise<HnswFloor> {
  const floor = await measureHnswFloor({ vectors, queries: vectors.subarray(0, queryCount * dimensions) });
  if (floor === null) throw new Error(noCompiler);
  return floor;
}

const buildRate = (floor: HnswFloor) => floor.builds[0]?.vectorsPerSecond ?? Number.NaN;

/** In this process, so that the heaps of an engine's threads are not in it; between two sizes, so that no fixed cost is. */
async function memoryRatio(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const [first, more] = [5_000, 15_000];
  return await withFolder(async (folder) => {
    const shard = new BenchShard(folder, dimensions);
    await shard.start();
    await shard.fill({ first: 0, count: first, more: 0, seed: 3 }, () => ({}));
    collect();
    const before = anonymousBytes(process.pid);
    await shard.fill({ first, count: more, more: 0, seed: 4 }, () => ({}));
    collect();
    const added = anonymousBytes(process.pid) - before;
    await shard.stop();
    return added / linkedBytes({ dimensions, m }, more);
  });
}

async function insertionRatio(): Promise<number> {
  const vectors = clusteredVectors(count, dimensions, 5);
  const floor = buildRate(await floorOf(vectors));
  const graph = new HnswGraph({ dimensions, m, efConstruction });
  const start = performance.now();
  for (let i = 0; i < count; i++) graph.add(i, vectors.subarray(i * dimensions, (i + 1) * dimensions));
  return count / secondsSince(start) / floor;
}

async function searchRatio(): Promise<number> {
  const vectors = clusteredVectors(count, dimensions, 7);
  return await withEngine(oneShard, async (engine) => {
    const { client } = engine;
    await load(engine, vectorDocuments(vectors, dimensions), {
      documentsPerMessage: 128,
      messagesInFlight: 8,
    });
    await tailEmptied(engine, 'cases', 0);
    const answer = await client.search({ vector: rowBytes(vectors, dimensions, 0), limit: 10 });
    const echo = await startEcho(answer as SearchResponse);
    const echoClient = createKmsClient(echo.address);
    const [ours, echoed]: [number[], number[]] = [[], []];
    // The first turn warms both sides up and does not count.
    for (let turn = 0; turn < 6; turn++) {
      const samples = {
        ours: await latenciesMs(client, vectors),
        echoed: await latenciesMs(echoClient, vectors),
      };
      if (turn === 0) continue;
      ours.push(...samples.ours);
      echoed.push(...samples.echoed);
    }
    const floor = (await floorOf(vectors)).searches[0];
    echoClient.close();
    await echo.stop();
    return median(ours) / (median(echoed) + (floor?.p50Us ?? Number.NaN) / 1_000);
  });
}

async function latenciesMs(client: KmsClient, vectors: Float32Array): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < queryCount; i++) {
    const startMs = performance.now();
    await client.search({ vector: rowBytes(vectors, dimensions, i), limit: 10 });
    samples.push(performance.now() - startMs);
  }
  return samples;
}

async function ingestRatio(): Promise<number> {
  const vectors = clusteredVectors(count, dimensions, 9);
  const floor = buildRate(await floorOf(vectors));
  return await withEngine(oneShard, async (engine) => {
    const start = performance.now();
    await load(engine, vectorDocuments(vectors, dimensions), {
      documentsPerMessage: 128,
      messagesInFlight: 8,
    });
    await tailEmptied(engine, 'cases', 0);
    return count / secondsSince(start) / floor;
  });
}

/** Processor time, not time: a loop of one thread and an engine of many do not suffer alike from a busy machine. */
async function textRatio(): Promise<number> {
  const texts = benchTexts(400, 5);
  const warmUp = 100;
  const tokenizer = loadMiniLmTokenizer();
  const tokens = texts.map((text) => tokenizer.encode(text));
  return await withFolder(async (folder) => {
    const model = await ensureMiniLmModelFile({ dataDir: folder, precision: 'int8', runtime: 'onnxruntime' });
    const session = await openMiniLmSession(model);
    for (const ids of tokens.slice(0, warmUp)) await session.run([ids]);
    const before = process.cpuUsage();
    for (const ids of tokens.slice(warmUp)) await session.run([ids]);
    const bare = process.cpuUsage(before);
    const ours = await withEngine(oneShard, async (engine) => {
      const cases = texts.map((body, i) => ({ id: `t-${i}`, body }));
      const options = { documentsPerMessage: 64, messagesInFlight: 8 };
      await load(engine, cases.slice(0, warmUp), options);
      const start = threadSeconds(engine.pid);
      await load(engine, cases.slice(warmUp), options);
      const end = threadSeconds(engine.pid);
      return end.main + end.others - start.main - start.others;
    });
    return ours / ((bare.user + bare.system) / 1e6);
  });
}
