// Searches under an open load, phase after phase against one engine: what a microservice waits for an answer over gRPC,
// from the moment it wanted to ask.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineProcess } from '../test/support/engine-process.ts';
import { clusteredVectors, vectorDocuments } from './bench-data.ts';
import { load, tailEmptied, withEngine } from './bench-engine.ts';
import { compiledWakeFloor, measureWakeFloor, type WakeFloor } from './floors/wake-floor.ts';
import type { RequestKind } from './load/load-options.ts';
import { runLoad } from './load/load-process.ts';
import type { LoadReport } from './load/load-report.ts';
import { type Figure, figure } from './report/figure.ts';

const dimensions = 384;
const queryCount = 1_000;

export interface PhaseSettings {
  readonly mix: Readonly<Partial<Record<RequestKind, number>>>;
  readonly perSecond: number;
  readonly seconds: number;
  readonly mayFail?: boolean;
}

/** Searches, and beside them what the machine makes of threads that are woken; null where there is no C++ compiler. */
export interface FlooredPhase {
  readonly report: LoadReport;
  readonly wakeFloor: WakeFloor | null;
}

export interface PhaseEngine {
  readonly engine: EngineProcess;
  /** Searches at that rate, by a generator of its own. */
  phase(settings: PhaseSettings): Promise<LoadReport>;
  /** The same, with the floor of its latency measured in the same seconds (floors/wake-floor.ts). */
  phaseBesideFloor(settings: PhaseSettings): Promise<FlooredPhase>;
}

/** Runs `bench` with an engine that holds `count` documents with vectors in its graph. */
export async function withLoadedEngine<T>(
  count: number,
  bench: (loaded: PhaseEngine) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kms-phases-'));
  const vectors = clusteredVectors(count + queryCount, dimensions, 11);
  const queriesPath = join(folder, 'queries');
  writeFileSync(queriesPath, vectors.subarray(count * dimensions));
  let seed = 100;
  try {
    return await withEngine({}, async (engine) => {
      const { grpcAddress: address, pid: serverPid } = engine;
      await load(engine, vectorDocuments(vectors, dimensions, { count }), {
        documentsPerMessage: 128,
        messagesInFlight: 8,
      });
      await tailEmptied(engine, 'cases', 0);
      const phase = async (
        { mix, perSecond, seconds, mayFail = false }: PhaseSettings,
        onStart?: () => void,
      ) => {
        // Another seed in each phase, so that no text comes out of a cache.
        seed += 1;
        const pace = { type: 'open', perSecond } as const;
        const load = { queriesPath, documents: count, mix, pace, seconds, seed, mayFail };
        return await runLoad({ address, serverPid, ...load, ...(onStart && { onStart }) });
      };
      return await bench({
        engine,
        phase: (settings) => phase(settings),
        phaseBesideFloor: async (settings) => {
          compiledWakeFloor(); // Not while it is measured.
          let wakeFloor: Promise<WakeFloor | null> = Promise.resolve(null);
          const report = await phase(settings, () => {
            wakeFloor = measureWakeFloor({ ...settings, seed });
            wakeFloor.catch(() => undefined); // awaited below, after the searches
          });
          return { report, wakeFloor: await wakeFloor };
        },
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const kindNames: Readonly<Record<RequestKind, string>> = {
  vector: 'search by vector',
  text: 'search by text',
  hybrid: 'hybrid search',
  stream: 'search by vector, streamed',
  get: 'reading a document',
  health: 'an empty call',
};

/** p50 and p99 of each kind of the report. `target` is that of the p99 of searches. */
export function latencyFigures(phase: string, report: LoadReport, target: string): Figure[] {
  return Object.entries(report.byKind).flatMap(([kind, { latency }]) => [
    figure(`${phase}, ${kindNames[kind as RequestKind]}: p50`, latency.p50Ms, 'ms'),
    figure('  p99', latency.p99Ms, 'ms', kind === 'health' || kind === 'get' ? '' : target),
  ]);
}

export const p99Ms = (report: LoadReport, kind: RequestKind) =>
  report.byKind[kind]?.latency.p99Ms ?? Number.NaN;

/** The floor of a phase and, of what was searched by vector, how far above it. None without a compiler. */
export function wakeFloorFigures(name: string, { report, wakeFloor }: FlooredPhase): Figure[] {
  if (wakeFloor === null) return [];
  return [
    figure(`${name}, threads in C++ that wake each other: p50`, wakeFloor.p50Ms, 'ms'),
    figure('  p99', wakeFloor.p99Ms, 'ms'),
    figure(
      `${name}, ${kindNames.vector}: p99 / that of the threads in C++`,
      p99Ms(report, 'vector') / wakeFloor.p99Ms,
      'ratio',
    ),
  ];
}
