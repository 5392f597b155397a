// Search by vector over gRPC against the sum of its floors: hnswlib in C++ at the same ef on as many vectors as a shard
// holds, and the round trip of a gRPC server that does nothing. All on the same vectors, queries and client, in turns,
// so that a slow spell of the machine meets all.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchResponse } from '../src/grpc/generated/kms/v1/SearchResponse.ts';
import type { EngineProcess } from '../test/support/engine-process.ts';
import { clusteredVectors, rowBytes, vectorDocuments } from './bench-data.ts';
import { load, tailEmptied, withEngine } from './bench-engine.ts';
import { exactNeighbours, recallOf } from './exact-neighbours.ts';
import { measureStream, measureTransport, startEcho, type TransportFloor } from './floors/echo-floor.ts';
import { graphParameters, type HnswSearchFloor, measureHnswFloor, noCompiler } from './floors/hnsw-floor.ts';
import type { LatencySummary } from './load/latency-histogram.ts';
import { type BenchOutcome, type Figure, figure } from './report/figure.ts';
import { median } from './report/statistics.ts';

export const about = 'vector search over gRPC, against C++ hnswlib plus a gRPC server that does nothing';

const { dimensions, ef } = graphParameters;
const queryCount = 1_000;
const k = 10;
const secondsPerTurn = { short: 1.5, full: 10 };
/** Until V8 has compiled what a search goes through, of all three servers; C++ is compiled before it runs. */
const warmUpSeconds = 2;
const turns = { short: Number(process.env['KMS_BENCH_ROUNDS'] ?? 2), full: 5 };

interface Turn {
  readonly engine: TransportFloor;
  readonly echo: TransportFloor;
  /** Of a server that neither decodes nor encodes. */
  readonly bytes: TransportFloor;
  /** One search at a time on a stream that stays open. */
  readonly streamed: { readonly engine: LatencySummary; readonly echo: LatencySummary };
  readonly search: HnswSearchFloor | null;
}

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  const count = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? (size === 'full' ? 100_000 : 30_000));
  const folder = mkdtempSync(join(tmpdir(), 'kms-search-floor-'));
  // Queries of the same clusters, but none of the stored vectors.
  const all = clusteredVectors(count + queryCount, dimensions, 11);
  const vectors = all.subarray(0, count * dimensions);
  const queries = all.subarray(count * dimensions);
  const queriesPath = join(folder, 'queries');
  writeFileSync(queriesPath, queries);
  try {
    return await withEngine({ KMS_SEARCH_EF: String(ef) }, async (engine) => {
      await load(engine, vectorDocuments(vectors, dimensions), {
        documentsPerMessage: 128,
        messagesInFlight: 8,
      });
      await tailEmptied(engine, 'cases', 0);
      const { shardCount } = await engine.client.getStatus({});
      const recall = await engineRecall(engine, vectors, queries);
      const answer = await engine.client.search({ vector: rowBytes(queries, dimensions, 0), limit: k });
      const echo = await startEcho(answer as SearchResponse);
      const bytes = await startEcho(answer as SearchResponse, 'bytes');
      // A query asks every shard, all at once: what one of them holds is what the answer waits for.
      const shardVectors = vectors.subarray(0, Math.ceil(count / shardCount) * dimensions);
      const served = { address: engine.grpcAddress, pid: engine.pid };
      for (const server of [echo, bytes, served]) {
        await measureTransport(server, { seconds: warmUpSeconds, queriesPath });
      }
      const measured: Turn[] = [];
      for (let turn = 0; turn < turns[size]; turn++) {
        const phase = { seconds: secondsPerTurn[size], queriesPath };
        measured.push({
          echo: await measureTransport(echo, phase),
          bytes: await measureTransport(bytes, phase),
          engine: await measureTransport(served, phase),
          streamed: { engine: await measureStream(served, phase), echo: await measureStream(echo, phase) },
          search: await searchFloor(shardVectors, queries),
        });
      }
      await echo.stop();
      await bytes.stop();
      return outcome({ count, shards: shardCount, recall }, measured);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function searchFloor(vectors: Float32Array, queries: Float32Array): Promise<HnswSearchFloor | null> {
  const floor = await measureHnswFloor({ vectors, queries, k });
  return floor?.searches[0] ?? null;
}

/** Of the engine, over gRPC. */
async function engineRecall(
  engine: EngineProcess,
  vectors: Float32Array,
  queries: Float32Array,
): Promise<number> {
  const found: number[][] = [];
  for (let q = 0; q < queryCount; q++) {
    const { hits } = await engine.client.search({ vector: rowBytes(queries, dimensions, q), limit: k });
    found.push(hits.map((hit) => Number(hit.document?.id.slice(2))));
  }
  return recallOf(found, exactNeighbours({ vectors, queries, dimensions, k }));
}

interface Facts {
  readonly count: number;
  readonly shards: number;
  readonly recall: number;
}

function outcome({ count, shards, recall }: Facts, turns: readonly Turn[]): BenchOutcome {
  const ofServer = (name: string, of: (turn: Turn) => TransportFloor): Figure[] => {
    const middle = (pick: (floor: TransportFloor) => number) => median(turns.map((turn) => pick(of(turn))));
    const p50Ms = middle(({ roundTrip }) => roundTrip.p50Ms);
    const p99Ms = middle(({ roundTrip }) => roundTrip.p99Ms);
    const perSecond = middle((floor) => floor.perSecond);
    const mainCpuMs = middle((floor) => floor.mainCpuMs);
    const othersCpuMs = middle((floor) => floor.othersCpuMs);
    return [
      figure(`${name}, one at a time: p50`, p50Ms, 'ms'),
      figure('  p99', p99Ms, 'ms'),
      figure('  32 in flight', perSecond, '1/s'),
      figure('  CPU an answer, main thread', mainCpuMs, 'ms'),
      figure('  CPU an answer, other threads', othersCpuMs, 'ms'),
    ];
  };
  const hasFloor = turns.every(({ search }) => search !== null);
  return {
    figures: [
      ...(hasFloor ? ratioFigures(turns) : []),
      figure(`recall@10 over gRPC, ef ${ef}`, recall, 'share'),
      ...ofServer('engine', ({ engine }) => engine),
      ...ofServer('gRPC echo', ({ echo }) => echo),
      ...ofServer('gRPC echo of bytes', ({ bytes }) => bytes),
      ...streamFigures(turns),
      ...(hasFloor ? searchFigures(turns) : []),
    ],
    notes: [
      `${count} vectors of ${dimensions} in ${shards} shard${shards === 1 ? '' : 's'}, M 16, efConstruction 100, ef ${ef}, 10 hits, medians of ${turns.length} turns after a warm-up of each server. The client is one process with one connection. The echo answers with what the engine answered; it decodes and encodes with proto-loader, as a service on grpc-js does. The echo of bytes does neither: no server on grpc-js can be faster. A stream is SearchStream, opened once.`,
      hasFloor
        ? 'The lower floor of the throughput is the smaller of the C++ searches a second of one thread (a shard has one) and the answers a second of the echo.'
        : noCompiler,
    ],
  };
}

function streamFigures(turns: readonly Turn[]): Figure[] {
  const ofServer = (name: string, server: 'engine' | 'echo'): Figure[] => {
    const middle = (of: (latency: LatencySummary) => number) =>
      median(turns.map(({ streamed }) => of(streamed[server])));
    return [
      figure(
        `${name}, one at a time on a stream: p50`,
        middle(({ p50Ms }) => p50Ms),
        'ms',
      ),
      figure(
        '  p99',
        middle(({ p99Ms }) => p99Ms),
        'ms',
      ),
    ];
  };
  return [...ofServer('engine', 'engine'), ...ofServer('gRPC echo', 'echo')];
}

const searchOf = ({ search }: Turn) => search as HnswSearchFloor;

/** Turn by turn, so that what slows one turn down slows both sides of its ratio down. */
function ratioFigures(turns: readonly Turn[]): Figure[] {
  const latency = (echo: (turn: Turn) => TransportFloor) =>
    median(
      turns.map((turn) => {
        const floorMs = searchOf(turn).p50Us / 1_000 + echo(turn).roundTrip.p50Ms;
        return turn.engine.roundTrip.p50Ms / floorMs;
      }),
    );
  const throughput = (echo: (turn: Turn) => TransportFloor) =>
    median(
      turns.map((turn) => {
        const floorPerSecond = Math.min(searchOf(turn).queriesPerSecond, echo(turn).perSecond);
        return turn.engine.perSecond / floorPerSecond;
      }),
    );
  const streamLatency = (echoBy: 'stream' | 'call') =>
    median(
      turns.map((turn) => {
        const echo = echoBy === 'stream' ? turn.streamed.echo : turn.echo.roundTrip;
        return turn.streamed.engine.p50Ms / (searchOf(turn).p50Us / 1_000 + echo.p50Ms);
      }),
    );
  const [echo, bytes] = [(turn: Turn) => turn.echo, (turn: Turn) => turn.bytes];
  return [
    figure('p50 one at a time / (C++ search + echo)', latency(echo), 'ratio', '<= 1.25'),
    figure('throughput at 32 in flight / the lower floor', throughput(echo), 'ratio', '>= 0.7'),
    figure('p50 one at a time / (C++ search + echo of bytes)', latency(bytes), 'ratio'),
    figure('p50 one at a time, both on a stream / (C++ search + echo)', streamLatency('stream'), 'ratio'),
    figure('p50 one at a time on a stream / (C++ search + echo of calls)', streamLatency('call'), 'ratio'),
    figure('throughput / the lower floor, echo of bytes', throughput(bytes), 'ratio'),
  ];
}

function searchFigures(turns: readonly Turn[]): Figure[] {
  const middle = (of: (search: HnswSearchFloor) => number) => median(turns.map((turn) => of(searchOf(turn))));
  const p50Ms = middle(({ p50Us }) => p50Us / 1_000);
  const perSecond = middle(({ queriesPerSecond }) => queriesPerSecond);
  const recall = middle((search) => search.recall);
  const distances = middle(({ distancesPerQuery }) => distancesPerQuery);
  return [
    figure('C++ hnswlib, the vectors of a shard: p50', p50Ms, 'ms'),
    figure('  one thread', perSecond, '1/s'),
    figure('  recall@10', recall, 'share'),
    figure('  distances a query', distances, ''),
  ];
}
