// Search with 100,000 documents, idle and while documents come in as fast as they are taken: what a microservice waits
// for one answer over gRPC, the query's embedding included.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import type { EngineProcess } from '../test/support/engine-process.ts';
import { randomFrom, wholeBetween } from '../test/support/random.ts';
import { benchTexts, clusteredVectors, rowBytes } from './bench-data.ts';
import { load, tailEmptied, withEngine } from './bench-engine.ts';
import { type Figure, figure, quantile, report } from './bench-report.ts';

const dimensions = 384;
const stored = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? 100_000);
const queriesPerPhase = Number(process.env['KMS_BENCH_QUERIES'] ?? 500);
/** Poisson arrivals at this rate, each from its due time: a slow answer does not hide the ones that queue behind it. */
const queriesPerSecond = 50;
const loader = fileURLToPath(new URL('./background-load.ts', import.meta.url));
let phase = 0;

const vectors = clusteredVectors(stored, dimensions, 11);
const texts = benchTexts(queriesPerPhase * 4, 13).map((text) => text.split(' ').slice(0, 14).join(' '));
const random = randomFrom(17);

function* vectorDocuments(start: number, end: number): Generator<Document> {
  for (let i = start; i < end; i++) {
    yield { id: `v-${i}`, body: `case ${i}`, embedding: rowBytes(vectors, dimensions, i) };
  }
}

type Query = () => Promise<unknown>;

/** Latencies in milliseconds, from the time each query was due to be sent. */
async function latencies(query: Query): Promise<number[]> {
  const samples: number[] = [];
  const pending: Promise<void>[] = [];
  let dueMs = performance.now();
  for (let i = 0; i < queriesPerPhase; i++) {
    dueMs += (-Math.log(1 - random()) * 1000) / queriesPerSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const sentDueMs = Math.max(dueMs, performance.now() - 1); // a timer's own lateness is not the engine's
    pending.push(query().then(() => void samples.push(performance.now() - sentDueMs)));
  }
  await Promise.all(pending);
  return samples;
}

/** Measures while another process loads as fast as it is let. */
async function whileLoading(
  engine: EngineProcess,
  kind: 'vectors' | 'texts',
  work: () => Promise<number[]>,
): Promise<{ samples: number[]; rate: number }> {
  phase += 1;
  const args = ['--import', 'tsx', loader, engine.grpcAddress, kind, String(phase)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next(); // it has made its documents
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // until every stage is busy
  const samples = await work();
  child.kill('SIGTERM');
  const { value } = await lines.next();
  return { samples, rate: Number(value) };
}

function quantiles(name: string, samples: readonly number[], target: string): Figure[] {
  return [
    figure(`${name}: p50`, quantile(samples, 0.5), 'ms'),
    figure(`${name}: p99`, quantile(samples, 0.99), 'ms', target),
  ];
}

await withEngine({}, async (engine) => {
  const { client } = engine;
  let nextText = 0;
  const textQuery = () =>
    client.search({
      text: texts[nextText++ % texts.length] as string,
      mode: 'SEARCH_MODE_SEMANTIC',
      limit: 10,
    });
  const vectorQuery = () => {
    const row = wholeBetween(random, 0, stored - 1);
    return client.search({ vector: rowBytes(vectors, dimensions, row), limit: 10 });
  };
  console.log(`loading ${stored} documents`);
  await load(engine, vectorDocuments(0, stored), { documentsPerMessage: 128, messagesInFlight: 8 });
  await tailEmptied(engine, 'cases', 0);
  await latencies(vectorQuery); // warms both sides up
  await latencies(textQuery);

  // The floor: a call that asks nothing of any thread, over the same connection at the same rate.
  const emptyCall = () => client.checkHealth({ service: '' });
  const idleEmpty = await latencies(emptyCall);
  const idleVector = await latencies(vectorQuery);
  const idleText = await latencies(textQuery);
  const underVectors = await whileLoading(engine, 'vectors', () => latencies(vectorQuery));
  const underTexts = await whileLoading(engine, 'texts', () => latencies(textQuery));
  const underTextsEmpty = await whileLoading(engine, 'texts', () => latencies(emptyCall));
  const underTextsVector = await whileLoading(engine, 'texts', () => latencies(vectorQuery));
  report('search-latency', [
    ...quantiles('idle, empty call (health)', idleEmpty, ''),
    ...quantiles(`${stored} documents, idle, vector query`, idleVector, '< 10'),
    ...quantiles(`${stored} documents, idle, text query`, idleText, '< 10'),
    ...quantiles('vectors coming in at full rate, vector query', underVectors.samples, '< 10'),
    figure('  documents with vectors a second meanwhile', underVectors.rate, '1/s'),
    ...quantiles('texts coming in at full rate, text query', underTexts.samples, '< 10'),
    figure('  texts a second meanwhile', underTexts.rate, '1/s'),
    ...quantiles('texts coming in at full rate, empty call (health)', underTextsEmpty.samples, ''),
    ...quantiles('texts coming in at full rate, vector query', underTextsVector.samples, '< 10'),
    figure(
      'text query p99, loading texts / idle',
      quantile(underTexts.samples, 0.99) / quantile(idleText, 0.99),
      'ratio',
    ),
  ]);
});
