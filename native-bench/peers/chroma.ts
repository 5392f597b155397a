// Chroma: its own server (`chroma run`, Rust), in a process of its own, and its JavaScript client over HTTP.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { bodyOf, graphEfforts, hugePages, type Peer, type PeerSession, rowsOf } from './peer.ts';
import { importPackage, packageObstacle, peersFolder } from './peer-packages.ts';

interface Collection {
  add(records: { ids: string[]; embeddings: number[][]; documents: string[] }): Promise<void>;
  query(request: {
    queryEmbeddings: number[][];
    nResults: number;
    include: readonly string[];
  }): Promise<{ ids: string[][]; documents: (string | null)[][] }>;
  modify(change: { configuration: { hnsw: { ef_search: number } } }): Promise<void>;
}

interface Client {
  heartbeat(): Promise<number>;
  getOrCreateCollection(request: object): Promise<Collection>;
}

interface Chromadb {
  readonly ChromaClient: new (options: { host: string; port: number; ssl: boolean }) => Client;
}

const collectionRequest = {
  name: 'cases',
  embeddingFunction: null,
  configuration: { hnsw: { space: 'ip', ef_construction: 100, max_neighbors: 16 } },
};
const startAttemptsMax = 300; // 100 ms each: half a minute for a server that takes a second

export const chroma: Peer = {
  name: 'Chroma',
  setup:
    'server over HTTP (`chroma run`, npm chromadb 3.0.17 with bindings 1.0.5), as it comes; it flushes each batch (about ten fsync calls, by strace); HNSW 16 neighbours, ef_construction 100',
  isReference: false,
  hasGraph: true,
  efforts: graphEfforts.map((ef_search) => ({ ef_search })),
  load: { documentsPerBatch: 1_000, batchesInFlight: 2 },
  obstacle: (size) => packageObstacle('chromadb', size),
  serve: async (folder) => {
    const port = await freePort();
    let stop = await started(folder, port);
    return {
      place: String(port),
      // Told of another width, it keeps the old one for an index that it has in memory: only a restart changes it.
      widen: async ({ ef_search = 100 }) => {
        const collection = await (await clientOf(port)).getOrCreateCollection(collectionRequest);
        await collection.modify({ configuration: { hnsw: { ef_search } } });
        await stop();
        stop = await started(folder, port);
      },
      stop: () => stop(),
    };
  },
  connect: (place) => session(Number(place)),
};

/** Resolves when it answers, with what ends it. */
async function started(folder: string, port: number): Promise<() => Promise<void>> {
  const cli = join(peersFolder, 'node_modules', 'chromadb', 'dist', 'cli.mjs');
  const args = [cli, 'run', '--path', folder, '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...hugePages, ANONYMIZED_TELEMETRY: 'false' },
    stdio: 'ignore',
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  await answering(port);
  return async () => {
    process.off('exit', killWithUs);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
}

async function clientOf(port: number): Promise<Client> {
  const { ChromaClient } = await importPackage<Chromadb>('chromadb');
  return new ChromaClient({ host: '127.0.0.1', port, ssl: false });
}

async function answering(port: number): Promise<void> {
  const client = await clientOf(port);
  for (let attempt = 1; ; attempt++) {
    try {
      await client.heartbeat();
      return;
    } catch (error) {
      if (attempt === startAttemptsMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function session(port: number): Promise<PeerSession> {
  const client = await clientOf(port);
  let collection: Collection | null = null;
  const open = async () => {
    collection ??= await client.getOrCreateCollection(collectionRequest);
    return collection;
  };
  let lastAdded: Float32Array | null = null;
  return {
    create: async () => void (await open()),
    add: async (batch) => {
      const rows = [...rowsOf(batch)];
      await (await open()).add({
        ids: rows.map(({ id }) => String(id)),
        embeddings: rows.map(({ vector }) => Array.from(vector)),
        documents: rows.map(({ id }) => bodyOf(id)),
      });
      lastAdded = rows.at(-1)?.vector ?? null;
    },
    // A query first brings the index up to the log.
    settle: async () => {
      if (lastAdded === null) return;
      const queryEmbeddings = [Array.from(lastAdded)];
      await (await open()).query({ queryEmbeddings, nResults: 1, include: [] });
    },
    search: async (vector, limit) => {
      const { ids, documents } = await (await open()).query({
        queryEmbeddings: [Array.from(vector)],
        nResults: limit,
        include: ['documents'],
      });
      return (ids[0] ?? []).map((id, rank) => ({ id: Number(id), body: documents[0]?.[rank] ?? '' }));
    },
    close: () => Promise.resolve(),
  };
}
