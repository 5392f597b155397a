// Search latency, the embedding of texts included: idle, while documents come in as fast as they are taken, and against
// the rate at which queries come.

import { aboutWakeFloor } from './floors/wake-floor.ts';
import { startIngest } from './load/load-process.ts';
import type { IngestReport, LoadReport } from './load/load-report.ts';
import { type BenchOutcome, type Figure, figure, type Plot } from './report/figure.ts';
import {
  type FlooredPhase,
  kindNames,
  latencyFigures,
  type PhaseEngine,
  p99Ms,
  wakeFloorFigures,
  withLoadedEngine,
} from './search-phases.ts';

export const about = 'searches from open clients, idle and while documents come in at full rate';

/** Beside the searches an empty call, which asks nothing of any thread: the floor under the same load. */
const mix = { vector: 1, text: 1, health: 1 } as const;
const perSecond = 100;
const offeredRates = { short: [100, 400, 800], full: [50, 100, 200, 400, 800, 1_200, 1_600] };
const phaseSeconds = { short: 8, full: 30 };
const rateSeconds = { short: 3, full: 10 };
/** Poisson arrivals of a few seconds are within some percent of the rate. */
const saturatedShare = 0.85;
const p99Target = '< 10';

interface Phase extends FlooredPhase {
  readonly name: string;
  readonly ingest: IngestReport | null;
}

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  return await withLoadedEngine(count, async (loaded) => {
    const seconds = phaseSeconds[size];
    const measure = () => loaded.phaseBesideFloor({ mix, perSecond, seconds });
    await loaded.phase({ mix, perSecond, seconds: 2 }); // warms the engine up
    const idle: Phase = { name: 'idle', ...(await measure()), ingest: null };
    const rates = await byOfferedRate(loaded, size);
    const vectors = await whileLoading(loaded, 'vectors', measure);
    const texts = await whileLoading(loaded, 'texts', measure);
    return outcome(count, [idle, vectors, texts], rates);
  });
}

/** Measures while another process loads as fast as it is let. */
async function whileLoading(
  { engine }: PhaseEngine,
  kind: 'vectors' | 'texts',
  measure: () => Promise<FlooredPhase>,
): Promise<Phase> {
  const stop = await startIngest({ address: engine.grpcAddress, kind, seed: kind === 'vectors' ? 23 : 19 });
  // Its own start and warm-up take longer than the first documents need to every stage.
  const measured = await measure();
  return { name: `${kind} coming in at full rate`, ...measured, ingest: await stop() };
}

async function byOfferedRate(
  loaded: PhaseEngine,
  size: 'short' | 'full',
): Promise<{ rate: number; report: LoadReport }[]> {
  const points: { rate: number; report: LoadReport }[] = [];
  for (const rate of offeredRates[size]) {
    const load = { mix: { vector: 1 }, perSecond: rate, seconds: rateSeconds[size], mayFail: true };
    const report = await loaded.phase(load);
    points.push({ rate, report });
    // Beyond what it can answer, the latency grows with the length of the phase and says nothing else.
    if (report.answeredPerSecond < saturatedShare * rate) break;
  }
  return points;
}

function outcome(
  count: number,
  phases: readonly Phase[],
  rates: readonly { readonly rate: number; readonly report: LoadReport }[],
): BenchOutcome {
  const idle = phases[0] as Phase;
  return {
    figures: [...phases.flatMap((phase) => phaseFigures(phase, idle))],
    plots: [phasePlot(phases), ratePlot(rates)],
    notes: [
      `${count} documents with vectors in the graph. Poisson arrivals, ${perSecond} requests a second (a third each by vector, by text of 14 words, and empty), each timed from the moment it was due, over one connection, from a process of its own. The bulk loader is niced: it stands for another machine.`,
      `The generator left late by p99 ${Math.max(...phases.map(({ report }) => report.lateness.p99Ms)).toFixed(1)} ms at worst; that is part of the latencies.`,
      aboutWakeFloor,
    ],
  };
}

function phaseFigures(phase: Phase, idle: Phase): Figure[] {
  const { name, report, ingest } = phase;
  return [
    ...latencyFigures(name, report, p99Target),
    ...wakeFloorFigures(name, phase),
    ...(ingest === null
      ? []
      : [
          figure(
            `${name}, ${kindNames.vector}: p99 / idle`,
            p99Ms(report, 'vector') / p99Ms(idle.report, 'vector'),
            'ratio',
          ),
          figure(
            `${name}, ${kindNames.text}: p99 / idle`,
            p99Ms(report, 'text') / p99Ms(idle.report, 'text'),
            'ratio',
          ),
          figure(`${name}, documents a second`, ingest.documentsPerSecond, '1/s'),
        ]),
  ];
}

function phasePlot(phases: readonly Phase[]): Plot {
  const kinds = ['vector', 'text', 'health'] as const;
  return {
    file: 'search-latency-by-phase',
    title: 'p99 of searches, idle and while documents come in',
    xLabel: '',
    yLabel: 'milliseconds',
    kind: 'bar',
    series: kinds.map((kind) => ({
      name: kindNames[kind],
      points: phases.map(({ name, report }) => ({ x: name, y: p99Ms(report, kind) })),
    })),
  };
}

function ratePlot(rates: readonly { readonly rate: number; readonly report: LoadReport }[]): Plot {
  const line = (name: string, of: (report: LoadReport) => number) => ({
    name,
    points: rates.map(({ rate, report }) => ({ x: rate, y: of(report) })),
  });
  return {
    file: 'search-latency-by-rate',
    title: 'Search by vector, by the rate at which queries come',
    xLabel: 'queries offered a second',
    yLabel: 'milliseconds',
    kind: 'line',
    xScale: 'log',
    yScale: 'log',
    series: [
      line('p50', ({ latency }) => latency.p50Ms),
      line('p99', ({ latency }) => latency.p99Ms),
      line('p99.9', ({ latency }) => latency.p999Ms),
    ],
  };
}
