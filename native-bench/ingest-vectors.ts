// Documents that bring their vectors: the durable line against a bare hnswlib-node loop with the same parameters, once
// sustained (until the tail is empty) and once as a burst that fits the tail. They take turns, so that a slow spell of
// the machine meets all. The bare loop runs with the addon as the package builds it (`npm install hnswlib-node`), which
// is what one would have without the engine, and with the engine's own build of it for this processor.

import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import hnswlib from 'hnswlib-node';
import { buildNativeAt } from '../scripts/build-native.mjs';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { clusteredVectors, rowBytes } from './bench-data.ts';
import { load, secondsSince, tailEmptied, withEngine } from './bench-engine.ts';
import { figure, median, report } from './bench-report.ts';

const dimensions = 384;
const sustainedCount = Number(process.env['KMS_BENCH_VECTORS'] ?? 30_000);
const burstCount = 8_000;
const rounds = Number(process.env['KMS_BENCH_ROUNDS'] ?? 3);
const parameters = { m: 16, efConstruction: 100 };
const vectors = clusteredVectors(sustainedCount, dimensions, 7);

function* documents(count: number): Generator<Document> {
  for (let i = 0; i < count; i++) {
    yield { id: `v-${i}`, body: `case ${i}`, embedding: rowBytes(vectors, dimensions, i) };
  }
}

type Addon = typeof hnswlib;

function packageBuild(): Addon {
  const path = join(mkdtempSync(join(tmpdir(), 'kms-bench-')), 'addon.node');
  buildNativeAt(path, 'baseline');
  return createRequire(import.meta.url)(path) as Addon;
}

/** Insertions a second, one thread, nothing else. */
function bareRate(addon: Addon, count: number): number {
  const index = new addon.HierarchicalNSW('ip', dimensions);
  index.initIndex(count, parameters.m, parameters.efConstruction);
  const point = new Array<number>(dimensions).fill(0);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dimensions; d++) point[d] = vectors[i * dimensions + d] as number;
    index.addPoint(point, i);
  }
  return count / secondsSince(start);
}

async function engineRates(): Promise<{ sustained: number; acknowledged: number; burst: number }> {
  const options = { documentsPerMessage: 128, messagesInFlight: 8 };
  const sustained = await withEngine({}, async (engine) => {
    const start = performance.now();
    await load(engine, documents(sustainedCount), options);
    const acknowledged = sustainedCount / secondsSince(start);
    await tailEmptied(engine, 'cases', 0);
    return { acknowledged, sustained: sustainedCount / secondsSince(start) };
  });
  const burst = await withEngine({}, async (engine) => {
    const start = performance.now();
    await load(engine, documents(burstCount), options);
    return burstCount / secondsSince(start);
  });
  return { ...sustained, burst };
}

const package_ = packageBuild();
const bare: number[] = [];
const bareOwnBuild: number[] = [];
const bareBurst: number[] = [];
const sustained: number[] = [];
const bursts: number[] = [];
for (let round = 0; round < rounds; round++) {
  bare.push(bareRate(package_, sustainedCount));
  bareOwnBuild.push(bareRate(hnswlib, sustainedCount));
  bareBurst.push(bareRate(package_, burstCount));
  const rates = await engineRates();
  sustained.push(rates.sustained);
  bursts.push(rates.burst);
}
report('ingest-vectors', [
  figure(`bare hnswlib-node loop, ${sustainedCount} vectors`, median(bare), '1/s'),
  figure("  with the engine's build of the addon", median(bareOwnBuild), '1/s'),
  figure('engine, durable, until the tail is empty', median(sustained), '1/s'),
  figure('sustained / bare', median(sustained) / median(bare), 'ratio', '>= 0.8'),
  figure("  sustained / bare with the engine's build", median(sustained) / median(bareOwnBuild), 'ratio'),
  figure(`bare hnswlib-node loop, ${burstCount} vectors`, median(bareBurst), '1/s'),
  figure('engine, durable, a burst that fits the tail', median(bursts), '1/s'),
  figure('burst / bare', median(bursts) / median(bareBurst), 'ratio', '> 1'),
]);
