// The floor of the transport: what a search over gRPC costs when nothing is searched. The same client, load generator,
// request (a vector of 1,536 bytes) and answer (ten hits with their documents) as the engine's, against a server that
// only decodes and encodes (echo-server.ts); and against one in C++, where gRPC's development files are installed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SearchResponse } from '../../src/grpc/generated/kms/v1/SearchResponse.ts';
import { clusteredVectors } from '../bench-data.ts';
import { withFolder } from '../bench-engine.ts';
import type { LatencySummary } from '../load/latency-histogram.ts';
import { runLoad } from '../load/load-process.ts';
import type { LoadReport } from '../load/load-report.ts';
import { type BenchOutcome, type Figure, figure } from '../report/figure.ts';
import { type CppEcho, noCppGrpc, startCppEcho } from './cpp-echo.ts';
import { startEchoProcess } from './echo-process.ts';

export const about = 'a gRPC server that decodes and encodes the messages of a search and does nothing else';

const server = fileURLToPath(new URL('./echo-server.ts', import.meta.url));
const dimensions = 384;

export interface EchoServer {
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the echo server in a process of its own. `answer`: what it answers; by default one like the benches get. `form`:
 * whether it decodes and encodes messages, as a grpc-js service does, or passes their bytes through.
 */
export async function startEcho(
  answer: SearchResponse = exampleAnswer(),
  form: 'messages' | 'bytes' = 'messages',
): Promise<EchoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kms-echo-'));
  const file = join(folder, 'answer.json');
  writeFileSync(file, JSON.stringify(answer, bytesAsBase64));
  const args = ['--import', 'tsx', server, form, file];
  const forget = () => rmSync(folder, { recursive: true, force: true });
  const { firstLine: address, pid, stop } = await startEchoProcess(process.execPath, args, forget);
  return { address, pid, stop };
}

/** protobufjs takes base64 for a field of bytes; a Buffer would become a list of numbers. */
function bytesAsBase64(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const original = this[name];
  return Buffer.isBuffer(original) ? original.toString('base64') : value;
}

/** Ten hits with the fields that the engine fills in, for documents as the benches make them. */
export function exampleAnswer(): SearchResponse {
  const hits = Array.from({ length: 10 }, (_, i) => ({
    document: {
      id: `v-${10_000 + i}`,
      collection: 'cases',
      body: `case ${10_000 + i}`,
      mediaType: 'text/plain',
      contentHash: 'c'.repeat(64),
      commitSequence: 10_000 + i,
      commitTime: { seconds: 1_790_000_000, nanos: 1_000_000 },
      generation: 'g1',
      chunkCount: 1,
    },
    cosine: 0.7,
    fusedScore: 0.7,
    snippet: `case ${10_000 + i}`,
    generation: 'g1',
    confidence: 0.5,
  }));
  return {
    hits,
    timings: { searchMs: 0.3, totalMs: 0.5, rankMs: 0.1, fetchMs: 0.1 },
    searchId: 's'.repeat(24),
    filterPlan: 'FILTER_PLAN_NONE',
    rerank: 'RERANK_OUTCOME_NONE',
  };
}

export interface TransportFloor {
  /** One request at a time. */
  readonly roundTrip: LatencySummary;
  /** Answers a second with 32 in flight. */
  readonly perSecond: number;
  /** CPU time an answer of the server's main thread, and of the others, with 32 in flight; NaN where it is not counted. */
  readonly mainCpuMs: number;
  readonly othersCpuMs: number;
}

interface TransportPhase {
  readonly seconds: number;
  /** As in the load generator. */
  readonly queriesPath: string;
}

/** Measures a server that answers Search; takes 2 × `seconds` and the warm-ups. */
export async function measureTransport(
  server: Pick<EchoServer, 'address' | 'pid'>,
  phase: TransportPhase,
): Promise<TransportFloor> {
  const single = await closedLoad(server, phase, { mix: 'vector', inFlight: 1 });
  const many = await closedLoad(server, phase, { mix: 'vector', inFlight: 32 });
  return {
    roundTrip: single.latency,
    perSecond: many.answeredPerSecond,
    mainCpuMs: many.cpu.serverMain ?? Number.NaN,
    othersCpuMs: many.cpu.serverOthers ?? Number.NaN,
  };
}

/** One search at a time on a stream that stays open, of a server that answers SearchStream. */
export async function measureStream(
  server: Pick<EchoServer, 'address' | 'pid'>,
  phase: TransportPhase,
): Promise<LatencySummary> {
  return (await closedLoad(server, phase, { mix: 'stream', inFlight: 1 })).latency;
}

async function closedLoad(
  { address, pid }: Pick<EchoServer, 'address' | 'pid'>,
  phase: TransportPhase,
  { mix, inFlight }: { readonly mix: 'vector' | 'stream'; readonly inFlight: number },
): Promise<LoadReport> {
  const pace = { type: 'closed', inFlight } as const;
  return await runLoad({ ...phase, address, serverPid: pid, mix, pace, warmUpRequests: 2_000 });
}

export async function run(size: 'short' | 'full'): Promise<BenchOutcome> {
  return await withFolder(async (folder) => {
    const queriesPath = join(folder, 'queries');
    writeFileSync(queriesPath, clusteredVectors(1_000, dimensions, 12));
    const load = { seconds: size === 'full' ? 20 : 4, queriesPath };
    const echo = await startEcho();
    const messages = await measureTransport(echo, load).finally(() => echo.stop());
    const raw = await startEcho(exampleAnswer(), 'bytes');
    const bytes = await measureTransport(raw, load).finally(() => raw.stop());
    // Half a minute of compiling the first time, so not in a short run.
    const cpp = size === 'full' ? await startCppEcho(exampleAnswer()) : null;
    const native = cpp === null ? [] : await nativeFigures(cpp, load).finally(() => cpp.stop());
    return {
      figures: [
        ...transportFigures('grpc-js echo', messages),
        ...transportFigures('grpc-js echo of bytes', bytes),
        ...native,
      ],
      notes: [
        'The servers decode the request, a vector of 1,536 bytes, and encode ten hits with their documents; the echo of bytes does neither. The client is one process with one connection: the load generator, which is on grpc-js, where nothing else is said.',
        ...(size === 'short'
          ? ['The echo in C++ is part of the full run.']
          : cpp === null
            ? [noCppGrpc]
            : []),
      ],
    };
  });
}

async function nativeFigures(
  cpp: CppEcho,
  load: { seconds: number; queriesPath: string },
): Promise<Figure[]> {
  const fromNode = await measureTransport(cpp, load);
  const fromCpp = await cpp.call({ ...load, dimensions });
  return [
    ...transportFigures('C++ echo', fromNode),
    ...fromCpp.flatMap(({ inFlight, p50Ms, p99Ms, perSecond }) =>
      inFlight === 1
        ? [figure('C++ echo and C++ client, one at a time: p50', p50Ms, 'ms'), figure('  p99', p99Ms, 'ms')]
        : [figure(`C++ echo and C++ client, ${inFlight} in flight`, perSecond, '1/s')],
    ),
  ];
}

function transportFigures(name: string, floor: TransportFloor): Figure[] {
  return [
    figure(`${name}, one at a time: p50`, floor.roundTrip.p50Ms, 'ms'),
    figure('  p99', floor.roundTrip.p99Ms, 'ms'),
    figure(`${name}, 32 in flight`, floor.perSecond, '1/s'),
    figure("  CPU of the server's main thread an answer", floor.mainCpuMs, 'ms'),
    figure('  CPU of its other threads', floor.othersCpuMs, 'ms'),
  ];
}
