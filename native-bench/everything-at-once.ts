// Search while everything else happens at once: documents with vectors and texts to embed come in as fast as they are
// taken, snapshots are written one after the other, and a graph that lost a fifth of its points is built anew, again and
// again. Against the same searches on the same engine when it is idle.

import type { EngineProcess } from '../test/support/engine-process.ts';
import { clusteredVectors, vectorDocuments } from './bench-data.ts';
import { load, tailEmptied } from './bench-engine.ts';
import { startIngest } from './load/load-process.ts';
import type { IngestReport, LoadReport } from './load/load-report.ts';
import { type BenchOutcome, type Figure, figure } from './report/figure.ts';
import { kindNames, latencyFigures, type PhaseEngine, p99Ms, withLoadedEngine } from './search-phases.ts';

export const about = 'searches while ingest, embedding, snapshots and rebuilds run, against the idle engine';

const mix = { vector: 1, text: 1, health: 1 } as const;
const perSecond = 60;
const phaseSeconds = { short: 12, full: 60 };
const churned = { collection: 'churned', dimensions: 384 } as const;
const churnedCount = { short: 6_000, full: 40_000 };
/** More than the share of tombstones at which a graph is rebuilt (src/stages/index/shard-state.ts). */
const deletedShare = 0.22;
const deletionsInFlight = 64;
/** Between two snapshots, so that ingest, which waits while one is written, has its turns. */
const snapshotPauseMs = 2_000;

interface Busy {
  readonly report: LoadReport;
  readonly vectors: IngestReport;
  readonly texts: IngestReport;
  readonly snapshots: number;
  readonly rebuilds: number;
}

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  return await withLoadedEngine(count, async (loaded) => {
    const { engine } = loaded;
    const { collection, dimensions } = churned;
    const points = churnedCount[size];
    const documents = vectorDocuments(clusteredVectors(points, dimensions, 31), dimensions, { collection });
    await load(engine, documents, { documentsPerMessage: 128, messagesInFlight: 8 });
    await tailEmptied(engine, collection, 0);
    const seconds = phaseSeconds[size];
    const measure = () => loaded.phase({ mix, perSecond, seconds });
    await loaded.phase({ mix, perSecond, seconds: 2 }); // warms the engine up
    const idle = await measure();
    const busy = await whileEverythingRuns(loaded, points, measure);
    return outcome(count, points, idle, busy);
  });
}

async function whileEverythingRuns(
  { engine }: PhaseEngine,
  points: number,
  measure: () => Promise<LoadReport>,
): Promise<Busy> {
  let isOver = false;
  const address = engine.grpcAddress;
  const stopVectors = await startIngest({ address, kind: 'vectors', seed: 41 });
  const stopTexts = await startIngest({ address, kind: 'texts', seed: 43 });
  const snapshots = snapshotAfterSnapshot(engine, () => isOver);
  const rebuilds = rebuildAfterRebuild(engine, points, () => isOver);
  // A bench that fails tells of the first failure; the others are of the engine that goes away with it.
  for (const work of [snapshots, rebuilds]) work.catch(() => undefined);
  const report = await measure();
  isOver = true;
  return {
    report,
    vectors: await stopVectors(),
    texts: await stopTexts(),
    snapshots: await snapshots,
    rebuilds: await rebuilds,
  };
}

/** Returns how many were written. */
async function snapshotAfterSnapshot({ client }: EngineProcess, isOver: () => boolean): Promise<number> {
  for (let written = 0; ; written++) {
    if (isOver()) return written;
    await client.createSnapshot({});
    await new Promise((resolve) => setTimeout(resolve, snapshotPauseMs));
  }
}

/** Deletes a share of the collection and waits until its graph is without them. Returns how many graphs were made. */
async function rebuildAfterRebuild(
  { client }: EngineProcess,
  points: number,
  isOver: () => boolean,
): Promise<number> {
  const { collection } = churned;
  let next = 0;
  for (let rebuilt = 0; ; rebuilt++) {
    const end = next + Math.ceil((points - next) * deletedShare);
    if (isOver() || end >= points) return rebuilt;
    const lane = async () => {
      while (next < end && !isOver()) await client.deleteDocument({ collection, id: `v-${next++}` });
    };
    await Promise.all(Array.from({ length: deletionsInFlight }, lane));
    while (!isOver() && (await tombstonesOf(client)) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (isOver()) return rebuilt;
  }
}

/** Infinite when the shard is too busy to tell. */
async function tombstonesOf(client: EngineProcess['client']): Promise<number> {
  const { collections } = await client.getStatus({});
  const state = collections.find(({ collection }) => collection === churned.collection);
  return state === undefined ? Number.POSITIVE_INFINITY : Number(state.tombstones);
}

function outcome(count: number, points: number, idle: LoadReport, busy: Busy): BenchOutcome {
  const ratio = (kind: 'vector' | 'text', name: string): Figure =>
    figure(name, p99Ms(busy.report, kind) / p99Ms(idle, kind), 'ratio', '<= 3');
  const searched = ['vector', 'text', 'health'] as const;
  return {
    figures: [
      ratio('vector', 'search by vector: p99 / idle'),
      ratio('text', 'search by text: p99 / idle'),
      ...latencyFigures('idle', idle, ''),
      ...latencyFigures('everything at once', busy.report, '< 10'),
      figure('documents with vectors a second meanwhile', busy.vectors.documentsPerSecond, '1/s'),
      figure('texts a second meanwhile', busy.texts.documentsPerSecond, '1/s'),
      figure('snapshots written meanwhile', busy.snapshots, ''),
      figure('graphs rebuilt meanwhile', busy.rebuilds, ''),
      figure('lateness of the load generator: p99', busy.report.lateness.p99Ms, 'ms'),
    ],
    plots: [
      {
        file: 'everything-at-once',
        title: 'Searches, idle and with everything at once',
        xLabel: '',
        yLabel: 'milliseconds',
        kind: 'bar',
        yScale: 'log',
        series: [
          { name: 'idle', points: searched.flatMap((kind) => quantilesOf(idle, kind)) },
          { name: 'everything at once', points: searched.flatMap((kind) => quantilesOf(busy.report, kind)) },
        ],
      },
    ],
    notes: [
      `${count} documents with vectors, searched ${perSecond} times a second (a third each by vector, by text, and empty; Poisson arrivals, timed from the moment each was due), and ${points} in a second collection whose graph is rebuilt: each time, 22 % of its documents are deleted and the next deletion waits for the new graph; the last one may be unfinished. Both bulk loaders are niced: they stand for other machines.`,
    ],
  };
}

function quantilesOf(report: LoadReport, kind: 'vector' | 'text' | 'health') {
  const latency = report.byKind[kind]?.latency;
  return [
    { x: `${kindNames[kind]}, p50`, y: latency?.p50Ms ?? Number.NaN },
    { x: `${kindNames[kind]}, p99`, y: latency?.p99Ms ?? Number.NaN },
  ];
}
