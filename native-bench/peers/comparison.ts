// The table of the peers: figures of each, the engine's ratio to the best of them, a plot, and what must be known to read them.

import { type BenchOutcome, type BenchSize, type Figure, figure, type Plot } from '../report/figure.ts';
import type { Effort, Peer } from './peer.ts';
import { engines } from './peer-list.ts';
import type { MeasurementPlan, PeerMeasurement, WhileIngesting } from './peer-measurement.ts';

export interface MeasuredPeer {
  readonly peer: Peer;
  readonly measurement: PeerMeasurement;
}

interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly isSmallerBetter: boolean;
  readonly ratioName: string;
  /** Of the ratio: ours by the best peer's, or the other way round where smaller is better and "n times" is meant. */
  readonly target: string;
  readonly isRatioInverted?: boolean;
  /** The figure itself is that of another measure. */
  readonly isRatioOnly?: boolean;
  /** Which peers the ratio is to; all when not given. */
  isOf?(peer: Peer): boolean;
  /** Null where the peer has no such figure. */
  of(measurement: PeerMeasurement): number | null;
}

const measures: readonly Measure[] = [
  {
    name: 'search p50, one at a time',
    unit: 'ms',
    isSmallerBetter: true,
    ratioName: 'search p50: the engine / the best peer',
    target: '< 1',
    of: ({ search }) => search?.p50Ms ?? null,
  },
  {
    name: 'search p99, one at a time',
    unit: 'ms',
    isSmallerBetter: true,
    ratioName: 'search p99: the engine / the best peer',
    target: '< 1',
    of: ({ search }) => search?.p99Ms ?? null,
  },
  {
    name: 'searches, 32 in flight',
    unit: '1/s',
    isSmallerBetter: false,
    ratioName: 'searches at 32 in flight: the engine / the best peer',
    target: '> 1',
    of: ({ search }) => search?.searchesPerSecond ?? null,
  },
  {
    name: 'durable ingest until all is indexed',
    unit: '1/s',
    isSmallerBetter: false,
    ratioName: 'durable ingest: the engine / the best peer',
    target: '> 1',
    of: ({ ingestRate }) => ingestRate,
  },
  {
    name: 'durable ingest until all is indexed',
    unit: '1/s',
    isSmallerBetter: false,
    ratioName: 'durable ingest: the engine / the best peer that keeps a graph',
    target: '> 1',
    isRatioOnly: true,
    isOf: ({ hasGraph }) => hasGraph,
    of: ({ ingestRate }) => ingestRate,
  },
  {
    name: 'search p99 while ingesting',
    unit: 'ms',
    isSmallerBetter: true,
    ratioName: 'search p99 while ingesting: the best peer / the engine',
    target: '>= 2',
    isRatioInverted: true,
    of: ({ search }) => search?.whileIngesting?.p99Ms ?? null,
  },
  {
    name: 'search p99 while ingesting at the same rate',
    unit: 'ms',
    isSmallerBetter: true,
    ratioName: 'search p99 while ingesting at the same rate: the best peer / the engine',
    target: '>= 2',
    isRatioInverted: true,
    of: ({ search }) => search?.atTheSameRate?.p99Ms ?? null,
  },
];

const shownMeasures = measures.filter(({ isRatioOnly }) => isRatioOnly !== true);

export function comparison(
  measured: readonly MeasuredPeer[],
  missing: readonly string[],
  { size, plan }: { size: BenchSize; plan: MeasurementPlan },
): BenchOutcome {
  const found = ratios(measured);
  return {
    figures: [...found.map((ratio) => ratio.figure), ...measured.flatMap(figuresOf)],
    plots: measured.length > 1 ? plots(measured) : [],
    notes: [
      ...found.map(
        ({ figure: { name }, engine, bestPeer }) =>
          `${name}: the engine’s is ${engine}, the best peer ${bestPeer}.`,
      ),
      ...notes(measured, size, plan),
      ...missing,
    ],
  };
}

interface Ratio {
  readonly figure: Figure;
  /** The better way to ask it. */
  readonly engine: string;
  readonly bestPeer: string;
}

/** None without a peer to compare with. The name of a figure does not hold that of the best peer: a gate compares by name. */
function ratios(measured: readonly MeasuredPeer[]): Ratio[] {
  const ours = measured.filter(({ peer }) => engines.includes(peer));
  const others = measured.filter(({ peer }) => !engines.includes(peer) && !peer.isReference);
  return measures.flatMap((measure) => {
    const own = bestBy(measure, ours);
    const best = bestBy(
      measure,
      others.filter(({ peer }) => measure.isOf?.(peer) !== false),
    );
    if (own === null || best === null) return [];
    const ratio = measure.isRatioInverted === true ? best.value / own.value : own.value / best.value;
    const found = figure(measure.ratioName, ratio, 'ratio', measure.target);
    return [{ figure: found, engine: own.name, bestPeer: best.name }];
  });
}

function bestBy(
  measure: Measure,
  measured: readonly MeasuredPeer[],
): { readonly name: string; readonly value: number } | null {
  const values = measured.flatMap(({ peer, measurement }) => {
    const value = measure.of(measurement);
    return value === null ? [] : [{ name: peer.name, value }];
  });
  values.sort((a, b) => (measure.isSmallerBetter ? a.value - b.value : b.value - a.value));
  return values[0] ?? null;
}

function figuresOf({ peer, measurement }: MeasuredPeer): Figure[] {
  const { search, acknowledgedRate } = measurement;
  const rows = shownMeasures.flatMap((measure) => {
    const value = measure.of(measurement);
    return value === null ? [] : [figure(`${peer.name}: ${measure.name}`, value, measure.unit)];
  });
  rows.push(figure(`${peer.name}: ingest until all is acknowledged`, acknowledgedRate, '1/s'));
  if (search === null) return rows;
  const recall = figure(
    `${peer.name}: recall@10 at ${effortText(search.effort)}`,
    search.recall,
    'share',
    '>= 0.95',
  );
  rows.unshift(recall);
  const beside = (name: string, { p50Ms, ingestRate }: WhileIngesting) => [
    figure(`${peer.name}: search p50 ${name}`, p50Ms, 'ms'),
    figure(`${peer.name}: documents a second ${name}`, ingestRate, '1/s'),
  ];
  if (search.whileIngesting !== null) rows.push(...beside('while ingesting', search.whileIngesting));
  if (search.atTheSameRate !== null)
    rows.push(...beside('while ingesting at the same rate', search.atTheSameRate));
  return rows;
}

export function effortText(effort: Effort): string {
  const parts = Object.entries(effort).map(([name, value]) => `${name} ${value}`);
  return parts.length === 0 ? 'an exact scan' : parts.join(', ');
}

function plots(measured: readonly MeasuredPeer[]): Plot[] {
  const milliseconds = shownMeasures.filter(({ unit }) => unit === 'ms');
  const rates = shownMeasures.filter(({ unit }) => unit === '1/s');
  return [
    bars(
      'peers-latency',
      'Search latency at equal recall, less is better',
      'milliseconds',
      milliseconds,
      measured,
    ),
    bars('peers-throughput', 'Searches and documents a second, more is better', 'a second', rates, measured),
  ];
}

function bars(
  file: string,
  title: string,
  yLabel: string,
  shown: readonly Measure[],
  measured: readonly MeasuredPeer[],
): Plot {
  const series = measured.map(({ peer, measurement }) => ({
    name: peer.name,
    points: shown.flatMap((measure) => {
      const y = measure.of(measurement);
      return y === null ? [] : [{ x: measure.name, y }];
    }),
  }));
  return { file, title, xLabel: '', yLabel, kind: 'bar', yScale: 'log', series };
}

function notes(
  measured: readonly MeasuredPeer[],
  size: BenchSize,
  { data, exactAnswers, recallMin, sameRate }: MeasurementPlan,
): string[] {
  const { stored, dimensions } = data.shape;
  return [
    `${stored.toLocaleString('en-US')} vectors of ${dimensions} dimensions in clusters; each peer at the first effort of its grid with a recall@10 of ${recallMin} or more over ${exactAnswers.length} queries that are not stored; an exact scan has 1.`,
    'Each peer is alone on the machine, with the same niceness; its clients are processes with the same code. A library is called in the client itself, which saves it the network and the second process: this favours it. Every hit brings its document (a few bytes) back.',
    'At 32 in flight the searches come from as many clients as there are cores, so that a library that works in its caller’s thread uses all of them.',
    'While ingesting: one process loads as fast as it is let, another searches one at a time, 5 ms after the last answer; the time of a search counts from when it is sent, so a peer that stalls is asked less often, which favours it.',
    `At the same rate: the same with ${sameRate} documents a second for every peer, in batches of its usual size or of a second’s documents, whichever is smaller.`,
    ...measured.map(({ peer }) => `${peer.name}: ${peer.setup}.`),
    ...(size === 'short'
      ? ['A short run measures only peers that are installed: a full run installs them.']
      : []),
  ];
}
