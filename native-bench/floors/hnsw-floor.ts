// Compiles and runs hnsw-floor.cc: how fast the index could be if nothing were around it.
//
// This program has its vectors from malloc in huge pages (glibc.malloc.hugetlb=1, which is madvise), and the engine asks for
// huge pages itself, so neither is ahead by its page tables.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clusteredVectors } from '../bench-data.ts';
import { type BenchOutcome, figure } from '../report/figure.ts';
import { compiledProgram } from './compiled-program.ts';

export const about = 'hnswlib in C++ alone: build and search, one thread and all';

/** The engine's defaults (indexM, indexEfConstruction, searchEf of src/config/settings-schema.ts). */
export const graphParameters = { dimensions: 384, m: 16, efConstruction: 100, ef: 64 } as const;

export interface HnswFloorRequest {
  /** Unit vectors, packed, shape [n × dimensions]. */
  readonly vectors: Float32Array;
  /** Likewise. */
  readonly queries: Float32Array;
  readonly k?: number;
  readonly ef?: readonly number[];
  readonly m?: number;
  readonly efConstruction?: number;
  readonly dimensions?: number;
  /** A graph is built and searched with each; the searches run on the first one's. */
  readonly threads?: readonly number[];
}

export interface HnswFloor {
  readonly simd: string;
  readonly vectors: number;
  readonly builds: readonly { readonly threads: number; readonly vectorsPerSecond: number }[];
  readonly searches: readonly HnswSearchFloor[];
}

export interface HnswSearchFloor {
  readonly ef: number;
  readonly threads: number;
  readonly queriesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** At k, against the exact neighbours. */
  readonly recall: number;
  readonly distancesPerQuery: number;
}

export const noCompiler = 'no C++ compiler (g++ or CXX) here: the floor of the index was not measured';

/** Builds and searches; null where there is no C++ compiler. Takes a second for 5,000 vectors and each thread count. */
export async function measureHnswFloor(request: HnswFloorRequest): Promise<HnswFloor | null> {
  const { threads = [1], ef = [graphParameters.ef], m = graphParameters.m } = request;
  const { efConstruction = graphParameters.efConstruction } = request;
  const words = [
    `m=${m}`,
    `ef_construction=${efConstruction}`,
    `ef=${ef.join()}`,
    `threads=${threads.join()}`,
  ];
  const printed = await measure(request, words);
  return printed === null ? null : (JSON.parse(printed) as HnswFloor);
}

/** What the program prints; null without a compiler. */
async function measure(request: HnswFloorRequest, words: readonly string[]): Promise<string | null> {
  const program = compiledFloor();
  if (program === null) return null;
  const { vectors, queries, k = 10, dimensions = graphParameters.dimensions } = request;
  const folder = mkdtempSync(join(tmpdir(), 'kms-hnsw-floor-'));
  try {
    const files = { vectors: join(folder, 'vectors'), queries: join(folder, 'queries') };
    writeFileSync(files.vectors, vectors);
    writeFileSync(files.queries, queries);
    const shared = [
      `vectors=${files.vectors}`,
      `queries=${files.queries}`,
      `dimensions=${dimensions}`,
      `k=${k}`,
    ];
    const env = { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
    return (await promisify(execFile)(program, [...shared, ...words], { env })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program's path; null without a compiler. */
function compiledFloor(): string | null {
  const sources = ['hnsw-floor.cc', 'program-options.h', 'timing.h'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  const require = createRequire(import.meta.url);
  const headers = join(dirname(require.resolve('hnswlib-node/package.json')), 'src');
  const words = ['-std=c++17', '-O3', '-march=native', '-pthread', '-w', `-I${headers}`];
  return compiledProgram('hnsw-floor', sources, words);
}

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 20_000));
  const { dimensions } = graphParameters;
  // Queries of the same clusters, but none of the stored vectors.
  const all = clusteredVectors(count + 1_000, dimensions, 11);
  const cores = availableParallelism();
  const floor = await measureHnswFloor({
    vectors: all.subarray(0, count * dimensions),
    queries: all.subarray(count * dimensions),
    threads: cores > 1 ? [1, cores] : [1],
    ef: [32, 64, 96, 128],
  });
  if (floor === null) return { figures: [], notes: [noCompiler] };
  const first = floor.searches[0] as HnswSearchFloor;
  return {
    figures: [
      ...floor.builds.map(({ threads, vectorsPerSecond }) =>
        figure(`C++ build, ${count} vectors, threads: ${threads}`, vectorsPerSecond, '1/s'),
      ),
      ...floor.searches.flatMap(
        ({ ef, threads, queriesPerSecond, p50Us, p99Us, recall, distancesPerQuery }) => [
          figure(`C++ search, ef ${ef}, threads: ${threads}`, queriesPerSecond, '1/s'),
          ...(threads === first.threads
            ? [
                figure(`  p50`, p50Us / 1_000, 'ms'),
                figure(`  p99`, p99Us / 1_000, 'ms'),
                figure(`  recall@10`, recall, 'share'),
                figure(`  distances a query`, distancesPerQuery, ''),
              ]
            : []),
        ],
      ),
    ],
    plots: [
      {
        file: 'hnsw-floor-recall',
        title: `C++ hnswlib, ${count} vectors of ${dimensions}: recall and speed by ef`,
        xLabel: 'recall@10',
        yLabel: 'queries a second, 1 thread',
        kind: 'line',
        series: [
          {
            name: 'ef 32, 64, 96, 128',
            points: floor.searches
              .filter(({ threads }) => threads === first.threads)
              .map(({ recall, queriesPerSecond }) => ({ x: recall, y: queriesPerSecond })),
          },
        ],
      },
    ],
    notes: [
      `hnswlib's own headers from node_modules/hnswlib-node, -O3 -march=native (${floor.simd}), M 16, efConstruction 100, memory from malloc in huge pages as in the engine.`,
    ],
  };
}
