// What a peer has to offer so that it can be measured like every other: a server that is started once, and sessions that any
// process can open on it. The engine itself stands behind the same interface, so that nothing favours it.

import type { BenchSize } from '../report/figure.ts';

/** What widens a search, by the peer's own parameter names: `{ ef: 40 }`. Empty for a search that is exact. */
export type Effort = Readonly<Record<string, number>>;

/** Documents `firstId`, `firstId + 1`, … with their vectors, packed, shape [count × dimensions]. */
export interface VectorBatch {
  readonly firstId: number;
  readonly count: number;
  readonly vectors: Float32Array;
}

export interface PeerHit {
  readonly id: number;
  /** What came back from where it is stored, the same few bytes in every peer. */
  readonly body: string;
}

export interface PeerSession {
  /** Makes the collection or table, once, before anything is added. */
  create(): Promise<void>;
  /** Resolves when the batch is as durable as the peer makes it. */
  add(batch: VectorBatch): Promise<void>;
  /** Resolves when all that was added is searched through the index. */
  settle(): Promise<void>;
  /** Best first. `vector`: unit length, shape [dimensions]. */
  search(vector: Float32Array, limit: number, effort: Effort): Promise<readonly PeerHit[]>;
  close(): Promise<void>;
}

export interface PeerServer {
  /** Where a session finds it: an address, or a folder for a library. */
  readonly place: string;
  /** For a peer that takes the effort from its configuration instead of from each search; sessions stay open. */
  widen?(effort: Effort): Promise<void>;
  stop(): Promise<void>;
}

export interface LoadShape {
  readonly documentsPerBatch: number;
  readonly batchesInFlight: number;
  /** While searches go on, a peer whose index is made on demand is asked for it as often as this. */
  readonly documentsPerSettle?: number;
}

export interface Peer {
  /** As the table calls it. */
  readonly name: string;
  /** What an acknowledged document survives, and how it is reached. */
  readonly setup: string;
  /** In the comparison, or beside it: a library without durability only shows what an index alone can do. */
  readonly isReference: boolean;
  /** Whether it inserts into a graph, like the engine: lists of clusters, and no index at all, cost less to load. */
  readonly hasGraph: boolean;
  /** From cheap to dear; the first one with enough recall is used. */
  readonly efforts: readonly Effort[];
  readonly load: LoadShape;
  /** Only the ingest is measured: searches are those of another variant of the same peer. */
  readonly isIngestOnly?: boolean;
  /** Resolves with why it cannot run here, null when it can. A full run may install what is missing, which takes minutes. */
  obstacle(size: BenchSize): Promise<string | null>;
  /** `folder`: empty, for this peer alone. */
  serve(folder: string): Promise<PeerServer>;
  connect(place: string, dimensions: number): Promise<PeerSession>;
}

/** How wide a search of a graph is, in small steps: so that peers are compared at nearly the same recall. */
export const graphEfforts = [10, 12, 14, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512];

/** Memory in huge pages, which the engine asks for itself: for every other process that holds vectors. */
export const hugePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

export const bodyOf = (id: number) => `case ${id}`;

export function* rowsOf({
  firstId,
  count,
  vectors,
}: VectorBatch): Generator<{ id: number; vector: Float32Array }> {
  const dimensions = vectors.length / count;
  for (let row = 0; row < count; row++) {
    yield { id: firstId + row, vector: vectors.subarray(row * dimensions, (row + 1) * dimensions) };
  }
}
