// The echo server in C++ (echo-floor.cc) and its client: what gRPC costs without JavaScript. Needs what Debian's
// libgrpc++-dev, protobuf-compiler and protobuf-compiler-grpc bring.

import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SearchResponse } from '../../src/grpc/generated/kms/v1/SearchResponse.ts';
import { serviceDefinitions } from '../../src/grpc/service-definitions.ts';
import { compiledProgram, programsFolder } from './compiled-program.ts';
import type { EchoServer } from './echo-floor.ts';
import { startEchoProcess } from './echo-process.ts';

const protoDir = fileURLToPath(new URL('../../proto/', import.meta.url));
/** The service, and what it imports. */
const protos = ['search_service', 'document', 'error', 'filter'].map((name) => `kms/v1/${name}`);

export const noCppGrpc =
  'no C++ gRPC here (Debian: libgrpc++-dev, protobuf-compiler, protobuf-compiler-grpc), so the transport was measured with grpc-js alone';

export interface CppRoundTrip {
  readonly inFlight: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
}

export interface CppEcho extends EchoServer {
  /** A client in C++, too. */
  call(load: {
    readonly queriesPath: string;
    readonly dimensions: number;
    readonly seconds: number;
  }): Promise<CppRoundTrip[]>;
}

/** Starts the server; null where it cannot be compiled, which takes half a minute the first time. */
export async function startCppEcho(answer: SearchResponse): Promise<CppEcho | null> {
  const program = compiledEcho();
  if (program === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'kms-echo-'));
  const file = join(folder, 'answer');
  writeFileSync(file, serviceDefinitions.search.Search.responseSerialize(answer));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  const { firstLine: port, pid, stop } = await startEchoProcess(program, ['serve', `answer=${file}`], forget);
  return {
    address: `127.0.0.1:${port}`,
    pid,
    stop,
    call: async ({ queriesPath, dimensions, seconds }) => {
      const words = [`port=${port}`, `queries=${queriesPath}`, `dimensions=${dimensions}`];
      const args = ['call', ...words, `seconds=${seconds}`, 'in_flight=1,32'];
      return JSON.parse((await promisify(execFile)(program, args)).stdout) as CppRoundTrip[];
    },
  };
}

function compiledEcho(): string | null {
  const flags = outputOf('pkg-config', ['--cflags', '--libs', 'grpc++', 'protobuf']);
  const include = outputOf('pkg-config', ['--variable=includedir', 'protobuf']);
  const plugin = outputOf('which', ['grpc_cpp_plugin']);
  if (flags === null || include === null || plugin === null) return null;
  // Always the same folder, because its name is part of the compiler's command; writing the same again does no harm.
  const made = join(programsFolder(), 'echo-protos');
  mkdirSync(made, { recursive: true });
  const includes = [`-I${protoDir}`, `-I${include}`];
  const out = [`--cpp_out=${made}`, `--grpc_out=${made}`, `--plugin=protoc-gen-grpc=${plugin}`];
  if (outputOf('protoc', [...includes, ...out, ...protos.map((name) => `${name}.proto`)]) === null)
    return null;
  const sources = [
    ...['echo-floor.cc', 'program-options.h', 'timing.h'].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    ),
    ...protos.map((name) => join(made, `${name}.pb.cc`)),
    join(made, 'kms/v1/search_service.grpc.pb.cc'),
  ];
  const words = ['-std=c++17', '-O2', '-w', `-I${made}`, ...flags.split(/\s+/)];
  return compiledProgram('echo-floor', sources, words);
}

/** Null when the program is missing or fails. */
function outputOf(program: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
