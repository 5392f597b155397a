// docs/scaling.md: the measured law, and what it says of a machine with 32 cores and 64 GB. Made from the record of the bench
// `scaling`; each number of the second half is calculated from the first half and from the assumptions that stand there.

import type { BenchRecord } from './bench-results.ts';
import { plotFile } from './benchmarks-page.ts';
import { readableNumber as readable } from './figure.ts';
import {
  bytesPerVector,
  costLaw,
  mainThreadMs,
  type ScaleCost,
  type ScalePoint,
  scalePoints,
} from './scaling-points.ts';

const gibibyte = 2 ** 30;

/** What is assumed of the larger machine, because this one cannot show it. */
const assumed = {
  cores: 32,
  memoryGib: 64,
  /** One core for the main thread, one for garbage collection and the kernel's network, six for embedding. */
  shards: 24,
  /** The system, the threads' own heaps and the pages of the store and of the snapshots that should stay in memory. */
  reservedGib: 16,
  /** Of what so many threads could do if each had a machine of its own: they share caches and memory channels. */
  parallelShare: 0.6,
  /** A local NVMe disk, which a start reads its snapshots from. */
  diskBytesPerSecond: 2e9,
  /** How full a thread may be before queues make a search's p99 several times its p50. */
  busyShare: 0.7,
} as const;

const columns: readonly { readonly cost: ScaleCost; readonly name: string; readonly unit: number }[] = [
  { cost: 'buildSeconds', name: 'building, s', unit: 1 },
  { cost: 'sharedThreadMs', name: 'processor a document, busiest shared thread, ms', unit: 1 },
  { cost: 'searchP50Ms', name: 'search p50, ms', unit: 1 },
  { cost: 'otherThreadsMs', name: 'processor a search, index thread, ms', unit: 1 },
  { cost: 'recall', name: 'recall@10', unit: 1 },
  { cost: 'memoryBytes', name: 'memory, MiB', unit: 2 ** 20 },
  { cost: 'snapshotBytes', name: 'snapshots, MiB', unit: 2 ** 20 },
  { cost: 'storeBytes', name: 'store, MiB', unit: 2 ** 20 },
  { cost: 'snapshotSeconds', name: 'writing a snapshot, s', unit: 1 },
  { cost: 'cleanStartSeconds', name: 'ready after a stop, s', unit: 1 },
  { cost: 'killedStartSeconds', name: 'ready after kill -9, s', unit: 1 },
];

/** Of the full run where there is one. */
export function scalingPage(records: readonly BenchRecord[]): string {
  const runs = records.filter(({ bench, error }) => bench === 'scaling' && error === null);
  const run = runs.find(({ size }) => size === 'full') ?? runs[0];
  if (run === undefined)
    return '# Scaling\n\nNot measured yet: `npm run bench:full -- scaling` makes this page.\n';
  const points = scalePoints(run.plots);
  return [head(run), law(points), pictures(run), larger(run, points)].join('\n');
}

function head(run: BenchRecord): string {
  return `# Scaling

<!-- Made by \`npm run bench\` from docs/benchmarks/results.json; do not edit. -->

What the engine's costs do when the vectors become more, measured; and what a machine of ${assumed.cores} cores and ${assumed.memoryGib} GB
should therefore hold and do, calculated. Measured by \`${run.command}\` (${run.size} run, ${run.date}, commit ${run.commit}) on
${run.environment.machine}; ${run.environment.versions}.

## Measured

One shard, documents that bring a vector of 384 components, M 16, efConstruction 100, ef 64; each size on a fresh engine, through
gRPC. Vectors lie around as many centres as there are hundreds of them, so that a larger collection is more of the same and not denser.
`;
}

function law(points: readonly ScalePoint[]): string {
  const rows = points.map(
    (point) =>
      `| ${point.vectors.toLocaleString('en-US')} | ${columns.map(({ cost, unit }) => readable(point[cost] / unit)).join(' | ')} |`,
  );
  const exponents = columns
    .map(({ cost }) => costLaw(points, cost).exponent)
    .map((exponent) => (Number.isNaN(exponent) ? '–' : exponent.toFixed(2)));
  return `| Vectors | ${columns.map(({ name }) => name).join(' | ')} |
|${'---|'.repeat(columns.length + 1)}
${rows.join('\n')}
| **exponent** | ${exponents.join(' | ')} |

The exponent is that of the power law nearest to the points (least squares on logarithms): 1 means that the cost grows as the vectors
do, 0 that it does not grow. One more vector takes **${readable(bytesPerVector(points))} bytes** of memory (slope from the smallest size to the largest).
`;
}

function pictures(run: BenchRecord): string {
  return `${run.plots.map((plot) => `![${plot.title}](benchmarks/${plotFile(run, plot)})`).join('\n\n')}\n`;
}

function larger(run: BenchRecord, points: readonly ScalePoint[]): string {
  const held =
    Math.floor(((assumed.memoryGib - assumed.reservedGib) * gibibyte) / bytesPerVector(points) / 1e5) * 1e5;
  const totals = [1e6, 5e6, 10e6].filter((total) => total < held);
  const mainMs = mainThreadMs(run.plots, assumed.shards);
  const sharedMs = largest(points).sharedThreadMs;
  const mainRate = (1_000 * assumed.busyShare) / mainMs;
  return `## A machine of ${assumed.cores} cores and ${assumed.memoryGib} GB, calculated

Assumed, because this machine cannot show it:

- KMS_SHARDS=${assumed.shards}; the other cores are the main thread's, the embedding's and the system's.
- ${assumed.reservedGib} GB stay for the system, the threads' heaps and the files' pages that should be in memory; the rest holds vectors.
- A core is as fast as one here, and all shards working at once get ${assumed.parallelShare} of what each would get alone (they share memory channels).
- A disk that reads ${assumed.diskBytesPerSecond / 1e9} GB/s. A thread is planned to be ${assumed.busyShare * 100} % busy, so that queues stay short.
- A shard of n vectors costs what the measured law says for n, also outside the measured sizes.

**It holds ${(held / 1e6).toFixed(1)} million vectors** in memory: (${assumed.memoryGib} - ${assumed.reservedGib}) GiB / ${readable(bytesPerVector(points))} bytes.

| Vectors in all | a shard | inserted a second, in all | time to build | processor a search and shard | searches a second that the shards bear | ready after a stop |
|---|---|---|---|---|---|---|
${[...totals, held].map((total) => largerRow(points, total)).join('\n')}

- Inserted a second: ${assumed.shards} shards × the mean rate of the law up to a shard's size × ${assumed.parallelShare}. Every document also passes the main, the
  extract and the clean thread, and the busiest of them needs ${readable(sharedMs)} ms for it: together the shards get at most
  **${readable(1_000 / sharedMs)} documents a second**, and the lower of the two bounds counts in the table.
- Searches: each asks all shards, which work side by side, so a shard's thread sees every search: ${assumed.busyShare} × ${assumed.parallelShare} / the processor time of a search
  in a shard. The main thread needs ${readable(mainMs)} ms for a search over ${assumed.shards} shards (the line of the last plot), so it bears
  **${readable(mainRate)} searches a second** at ${assumed.busyShare * 100} %; the lower of the two bounds counts.
- A start reads the snapshots of all shards at once: the law's time for one shard's size, or the bytes of all snapshots over the disk's rate,
  whichever is longer.
`;
}

const largest = (points: readonly ScalePoint[]) => points.at(-1) as ScalePoint;

function largerRow(points: readonly ScalePoint[], total: number): string {
  const shard = total / assumed.shards;
  const at = (cost: ScaleCost, vectors: number) => {
    const { factor, exponent } = costLaw(points, cost);
    return factor * vectors ** exponent;
  };
  const buildSeconds = Math.max(
    at('buildSeconds', shard) / assumed.parallelShare,
    (total * largest(points).sharedThreadMs) / 1_000,
  );
  const searchMs = at('otherThreadsMs', shard);
  const searches = (1_000 * assumed.busyShare * assumed.parallelShare) / searchMs;
  const diskSeconds = (assumed.shards * at('snapshotBytes', shard)) / assumed.diskBytesPerSecond;
  const startSeconds = Math.max(at('cleanStartSeconds', shard), diskSeconds);
  const cells = [
    `${(total / 1e6).toFixed(1)} M`,
    Math.round(shard).toLocaleString('en-US'),
    readable(total / buildSeconds),
    `${readable(buildSeconds / 60)} min`,
    `${readable(searchMs)} ms`,
    readable(searches),
    `${readable(startSeconds)} s`,
  ];
  return `| ${cells.join(' | ')} |`;
}
