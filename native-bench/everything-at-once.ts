// Search while everything else happens at once: documents with vectors and texts to embed come in as fast as they are
// taken, snapshots are written one after the other, and a graph in which a fifth of the points was replaced is built anew,
// again and again. Against the same searches on the same engine when it is idle.

import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import type { EngineProcess } from '../test/support/engine-process.ts';
import { clusteredVectors, vectorDocument, vectorDocuments } from './bench-data.ts';
import { load, secondsSince, tailEmptied } from './bench-engine.ts';
import { aboutWakeFloor } from './floors/wake-floor.ts';
import { startIngest } from './load/load-process.ts';
import type { IngestReport, LoadReport } from './load/load-report.ts';
import { type BenchOutcome, type Figure, figure } from './report/figure.ts';
import {
  type FlooredPhase,
  kindNames,
  latencyFigures,
  type PhaseEngine,
  p99Ms,
  wakeFloorFigures,
  withLoadedEngine,
} from './search-phases.ts';

export const about = 'searches while ingest, embedding, snapshots and rebuilds run, against the idle engine';

const mix = { vector: 1, text: 1, health: 1 } as const;
const perSecond = 60;
const phaseSeconds = { short: 12, full: 60 };
const churned = { collection: 'churned', dimensions: 384 } as const;
const churnedCount = { short: 6_000, full: 40_000 };
/** Of the documents: a fifth of the graph's points, replaced ones counted, at which it is rebuilt (src/stages/index/shard-state.ts). */
const replacedShare = 0.27;
const churnLoad = { documentsPerMessage: 128, messagesInFlight: 2 };
/** Between two snapshots, so that ingest, which waits while one is written, has its turns. */
const snapshotPauseMs = 2_000;

interface Busy extends FlooredPhase {
  readonly vectors: IngestReport;
  readonly texts: IngestReport;
  readonly snapshots: number;
  readonly rebuilds: Rebuilds;
}

interface Rebuilds {
  readonly finished: number;
  /** In which a graph was being built, or waited for its turn. */
  readonly seconds: number;
}

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  return await withLoadedEngine(count, async (loaded) => {
    const { engine } = loaded;
    const { collection, dimensions } = churned;
    const points = churnedCount[size];
    const vectors = [
      clusteredVectors(points, dimensions, 31),
      clusteredVectors(points, dimensions, 32),
    ] as const;
    const documents = vectorDocuments(vectors[0], dimensions, { collection });
    await load(engine, documents, { documentsPerMessage: 128, messagesInFlight: 8 });
    await tailEmptied(engine, collection, 0);
    const seconds = phaseSeconds[size];
    const measure = () => loaded.phaseBesideFloor({ mix, perSecond, seconds });
    await loaded.phase({ mix, perSecond, seconds: 2 }); // warms the engine up
    const idle = await measure();
    const busy = await whileEverythingRuns(loaded, vectors, measure);
    return outcome(count, points, idle, busy);
  });
}

async function whileEverythingRuns(
  { engine }: PhaseEngine,
  churnedVectors: readonly [Float32Array, Float32Array],
  measure: () => Promise<FlooredPhase>,
): Promise<Busy> {
  let isOver = false;
  const address = engine.grpcAddress;
  const stopVectors = await startIngest({ address, kind: 'vectors', seed: 41 });
  const stopTexts = await startIngest({ address, kind: 'texts', seed: 43 });
  const snapshots = snapshotAfterSnapshot(engine, () => isOver);
  const rebuilds = rebuildAfterRebuild(engine, churnedVectors, () => isOver);
  // A bench that fails tells of the first failure; the others are of the engine that goes away with it.
  for (const work of [snapshots, rebuilds]) work.catch(() => undefined);
  const measured = await measure();
  isOver = true;
  return {
    ...measured,
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

/** Replaces a share of the collection and waits until its graph is without the replaced, again and again. */
async function rebuildAfterRebuild(
  engine: EngineProcess,
  vectors: readonly [Float32Array, Float32Array],
  isOver: () => boolean,
): Promise<Rebuilds> {
  const points = vectors[0].length / churned.dimensions;
  const replaced = Math.ceil(points * replacedShare);
  let seconds = 0;
  for (let finished = 0; ; finished++) {
    const first = finished * replaced;
    await load(engine, otherVectors(vectors, first, first + replaced), { ...churnLoad, isOver });
    const startMs = performance.now();
    while (!isOver() && (await tombstonesOf(engine.client)) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    seconds += secondsSince(startMs);
    if (isOver()) return { finished, seconds };
  }
}

/** One document after the other and from the beginning again, each with the vector that it does not have. */
function* otherVectors(
  vectors: readonly [Float32Array, Float32Array],
  first: number,
  end: number,
): Generator<Document> {
  const { collection, dimensions } = churned;
  const points = vectors[0].length / dimensions;
  for (let turn = first; turn < end; turn++) {
    const other = vectors[(Math.floor(turn / points) + 1) % 2] as Float32Array;
    yield vectorDocument(other, dimensions, { i: turn % points, collection });
  }
}

/** Infinite when the shard is too busy to tell. */
async function tombstonesOf(client: EngineProcess['client']): Promise<number> {
  const { collections } = await client.getStatus({});
  const state = collections.find(({ collection }) => collection === churned.collection);
  return state === undefined ? Number.POSITIVE_INFINITY : Number(state.tombstones);
}

function outcome(count: number, points: number, idle: FlooredPhase, busy: Busy): BenchOutcome {
  const ratio = (kind: 'vector' | 'text', name: string): Figure =>
    figure(name, p99Ms(busy.report, kind) / p99Ms(idle.report, kind), 'ratio', '<= 3');
  const name = 'everything at once';
  const searched = ['vector', 'text', 'health'] as const;
  return {
    figures: [
      ratio('vector', 'search by vector: p99 / idle'),
      ratio('text', 'search by text: p99 / idle'),
      ...latencyFigures('idle', idle.report, ''),
      ...wakeFloorFigures('idle', idle),
      ...latencyFigures(name, busy.report, '< 10'),
      ...wakeFloorFigures(name, busy),
      ...(idle.wakeFloor === null || busy.wakeFloor === null
        ? []
        : [
            figure(
              'threads in C++ that wake each other: p99 / idle',
              busy.wakeFloor.p99Ms / idle.wakeFloor.p99Ms,
              'ratio',
            ),
          ]),
      figure('documents with vectors a second meanwhile', busy.vectors.documentsPerSecond, '1/s'),
      figure('texts a second meanwhile', busy.texts.documentsPerSecond, '1/s'),
      figure('snapshots written meanwhile', busy.snapshots, ''),
      figure('graphs rebuilt meanwhile', busy.rebuilds.finished, ''),
      figure('  a rebuild under way', busy.rebuilds.seconds, 's'),
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
          { name: 'idle', points: searched.flatMap((kind) => quantilesOf(idle.report, kind)) },
          { name, points: searched.flatMap((kind) => quantilesOf(busy.report, kind)) },
        ],
      },
    ],
    notes: [
      `${count} documents with vectors, searched ${perSecond} times a second (a third each by vector, by text, and empty; Poisson arrivals, timed from the moment each was due), and ${points} in a second collection whose graph is rebuilt: each time, 27 % of its documents get other vectors, and the next ones wait for the new graph; the last one may be unfinished. Both bulk loaders are niced: they stand for other machines.`,
      aboutWakeFloor,
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
