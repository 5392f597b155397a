// usearch: an HNSW index in the client's process, in memory, without documents and without durability. It shows what the index
// alone can do; it is no peer of an engine.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bodyOf, graphEfforts, type Peer, type PeerSession } from './peer.ts';
import { importPackage, packageObstacle } from './peer-packages.ts';

interface Index {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(vector: Float32Array, limit: number, threads: number): { keys: BigUint64Array };
  save(path: string): void;
  load(path: string): void;
}

interface Usearch {
  readonly Index: new (config: object) => Index;
}

const parameters = { metric: 'ip', quantization: 'f32', connectivity: 16, expansion_add: 100, multi: false };

export const usearch: Peer = {
  name: 'usearch',
  setup:
    'library in the client process, called directly; in memory, not durable, no documents; HNSW 16 neighbours, expansion_add 100',
  isReference: true,
  hasGraph: true,
  efforts: graphEfforts.map((expansion_search) => ({ expansion_search })),
  load: { documentsPerBatch: 1_000, batchesInFlight: 1 },
  obstacle: (size) => packageObstacle('usearch', size),
  serve: (folder) => Promise.resolve({ place: folder, stop: () => Promise.resolve() }),
  connect: (folder, dimensions) => session(join(folder, 'index.usearch'), dimensions),
};

async function session(path: string, dimensions: number): Promise<PeerSession> {
  const { Index } = await importPackage<Usearch>('usearch');
  const empty = (expansion_search: number) => new Index({ ...parameters, dimensions, expansion_search });
  let width = 64;
  let index = empty(width);
  if (existsSync(path)) index.load(path);
  return {
    create: () => Promise.resolve(),
    add: async ({ firstId, count, vectors }) => {
      const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(firstId + i));
      index.add(keys, vectors, 0);
    },
    // Other processes read the saved file.
    settle: async () => index.save(path),
    search: async (vector, limit, { expansion_search = 64 }) => {
      if (expansion_search !== width) {
        // The binding takes the width only when an index is made.
        width = expansion_search;
        index = empty(width);
        index.load(path);
      }
      const { keys } = index.search(vector, limit, 1);
      return Array.from(keys, (key) => ({ id: Number(key), body: bodyOf(Number(key)) }));
    },
    close: () => Promise.resolve(),
  };
}
