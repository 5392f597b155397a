// A real engine for a bench: its own process, its own folder, and a loader that keeps a window of messages in flight.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { EngineProcess } from '../test/support/engine-process.ts';
import { IngestStream } from '../test/support/ingest-stream.ts';

const environment = { KMS_LOG_LEVEL: 'info' };
/** For comparing Node's own settings, such as --single-threaded-gc. */
const nodeFlags = (process.env['KMS_BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

/** An engine on that folder, as a bench starts it; resolves when its ports are open. */
export async function startEngine(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<EngineProcess> {
  return await EngineProcess.start({ dataDir, env: { ...environment, ...env }, nodeFlags });
}

export interface TimedStart {
  readonly engine: EngineProcess;
  /** From the start of the process until its ports are open, and until it serves everything. */
  readonly openSeconds: number;
  readonly readySeconds: number;
}

/** Starts an engine and waits until it is ready. */
export async function timedStart(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TimedStart> {
  const startMs = performance.now();
  const engine = await startEngine(dataDir, env);
  const openSeconds = secondsSince(startMs);
  await engine.ready();
  return { engine, openSeconds, readySeconds: secondsSince(startMs) };
}

/** Runs `bench` against a fresh engine, then stops the engine and removes its folder. */
export async function withEngine<T>(
  env: Readonly<Record<string, string>>,
  bench: (engine: EngineProcess) => Promise<T>,
): Promise<T> {
  return await withFolder(async (folder) => {
    const engine = await startEngine(join(folder, 'data'), env);
    try {
      await engine.ready();
      return await bench(engine);
    } finally {
      await engine.stop();
    }
  });
}

/** Runs `bench` with a folder of its own, which is removed afterwards. */
export async function withFolder<T>(bench: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kms-bench-'));
  try {
    return await bench(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface LoadOptions {
  readonly documentsPerMessage: number;
  readonly messagesInFlight: number;
  /** Ends the load early. */
  readonly isOver?: () => boolean;
}

/** Streams the documents and resolves when all are acknowledged, with their number; throws when one is not indexed. */
export async function load(
  engine: Pick<EngineProcess, 'client'>,
  documents: Iterable<Document>,
  options: LoadOptions,
): Promise<number> {
  const stream = new IngestStream(engine.client);
  const inFlight = new Set<Promise<void>>();
  let acknowledged = 0;
  const send = (batch: Document[]) => {
    const sent = stream.send(batch).then(({ results }) => {
      inFlight.delete(sent);
      const odd = results.find((result) => result.outcome !== 'OUTCOME_INDEXED');
      if (odd !== undefined) throw new Error(`${odd.id}: ${odd.outcome} ${odd.error?.message ?? ''}`);
      acknowledged += results.length;
    });
    inFlight.add(sent);
  };
  let batch: Document[] = [];
  for (const document of documents) {
    if (options.isOver?.() === true) break;
    batch.push(document);
    if (batch.length < options.documentsPerMessage) continue;
    send(batch);
    batch = [];
    if (inFlight.size >= options.messagesInFlight) await Promise.race(inFlight);
  }
  if (batch.length > 0) send(batch);
  await Promise.all(inFlight);
  await stream.end();
  return acknowledged;
}

/**
 * Resolves when no vector waits in the tail of `collection` (beyond `left`, what a small collection keeps there). Asking is
 * work for the engine, and leaves garbage in its heaps.
 */
export async function tailEmptied(
  { client }: Pick<EngineProcess, 'client'>,
  collection: string,
  left: number,
  askEveryMs = 20,
): Promise<void> {
  for (;;) {
    const { collections } = await client.getStatus({});
    const state = collections.find((candidate) => candidate.collection === collection);
    if (state !== undefined && Number(state.tailVectors) <= left) return;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

export const secondsSince = (startMs: number) => (performance.now() - startMs) / 1000;
