// The engine as the demo runs it: a child process on free ports with a data folder of its own, so that nothing of the
// user's is touched and what is shown is what `kms serve` does.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';

export interface EngineProcess {
  readonly grpcAddress: string;
  /** Standard output and error of the engine. */
  readonly logPath: string;
  /** Resolves when /readyz says so. `onWait` is told what the engine says about itself until then. */
  waitUntilReady(onWait: (state: string) => void): Promise<void>;
  /** SIGTERM, then waits; the exit code, or null when the engine had to be killed. Twice gives the same answer. */
  stop(): Promise<number | null>;
  /** The folder with everything the engine wrote. */
  removeFiles(): Promise<void>;
}

const mainPath = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** The first start builds the model file, about 2 s on a quiet machine. */
const readyTimeoutMs = 120_000;
/** Above the engine's own limit for a stop (KMS_SHUTDOWN_TIMEOUT_MS, 30 s). */
const stopTimeoutMs = 40_000;
const pollMs = 200;

/** Starts `kms serve`; it is not ready yet. */
export async function startEngine(): Promise<EngineProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'kms-demo-'));
  const [grpcPort, httpPort] = await freePorts();
  const logPath = join(folder, 'engine.log');
  const log = openSync(logPath, 'a');
  const child = spawn(process.execPath, [mainPath, 'serve'], {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      KMS_GRPC_ADDRESS: `127.0.0.1:${grpcPort}`,
      KMS_HTTP_ADDRESS: `127.0.0.1:${httpPort}`,
      KMS_DATA_DIR: join(folder, 'data'),
      KMS_LOG_LEVEL: 'info',
    },
  });
  closeSync(log);
  // A spawn that fails emits `error` and never `exit`; the wait for readiness then sees that there is no process.
  child.on('error', (error) => console.error(`cannot start the engine: ${error.message}`));
  return {
    grpcAddress: `127.0.0.1:${grpcPort}`,
    logPath,
    waitUntilReady: (onWait) => waitUntilReady(child, `http://127.0.0.1:${httpPort}/readyz`, onWait),
    stop: () => stop(child),
    removeFiles: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The last lines of the engine's log, for when something went wrong. */
export async function logTail(logPath: string, lines: number): Promise<string> {
  const text = await readFile(logPath, 'utf8');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

async function waitUntilReady(
  child: ChildProcess,
  url: string,
  onWait: (state: string) => void,
): Promise<void> {
  const deadlineMs = systemClock.nowMs() + readyTimeoutMs;
  while (systemClock.nowMs() < deadlineMs) {
    if (hasExited(child)) throw new Error(`the engine ended while starting (exit code ${child.exitCode})`);
    const answer = await ask(url);
    if (answer?.isReady) return;
    onWait(answer?.state ?? 'opening its ports');
    // Not the clock's sleep: that does not keep a process alive, and when the engine has died nothing else does.
    await delay(pollMs);
  }
  throw new Error(`the engine was not ready after ${readyTimeoutMs / 1000} s`);
}

/** Null until the port is open. */
async function ask(url: string): Promise<{ readonly isReady: boolean; readonly state: string } | null> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  } catch (error) {
    // Nobody listens yet, or nobody answers yet: both mean "ask again". Anything else is a fault of this program.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return null;
    throw error;
  }
  const { state } = (await response.json()) as { readonly state?: string };
  return { isReady: response.ok, state: state ?? 'starting' };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (hasExited(child)) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const overdue = systemClock.setTimer(stopTimeoutMs, () => child.kill('SIGKILL'));
  await exited;
  overdue.cancel();
  return child.exitCode;
}

function hasExited(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Two ports that were free a moment ago: both are held until both are known, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    ports.push(address.port);
  }
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return [ports[0] ?? 0, ports[1] ?? 0];
}
