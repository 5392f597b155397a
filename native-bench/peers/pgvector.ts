// pgvector in a PostgreSQL of its own, over TCP, with binary vectors both ways: as its production guide has it, the HNSW index
// there before the rows; and as the fastest bulk load has it, the index made after them.

import pg from 'pg';
import { bodyOf, type Effort, graphEfforts, type Peer, type PeerSession, rowsOf } from './peer.ts';
import { firstLine } from './peer-packages.ts';
import { pgvectorBuild } from './pgvector-build.ts';
import { startPgvector } from './postgres-server.ts';

const setup =
  'PostgreSQL over TCP, fsync and synchronous_commit on (its defaults), shared_buffers 1 GB; pgvector from Debian’s source, compiled for this processor; HNSW m 16, ef_construction 100';

const connectionsMax = 32; // as many as queries in flight at most
const createIndex = `create index on cases using hnsw (embedding vector_ip_ops) with (m = 16, ef_construction = 100)`;

export const pgvector: Peer = {
  name: 'pgvector',
  setup: `${setup}, made before the load`,
  isReference: false,
  hasGraph: true,
  efforts: graphEfforts.map((ef_search) => ({ ef_search })),
  // Two backends insert at the same time, for it has no threads of its own.
  load: { documentsPerBatch: 200, batchesInFlight: 2 },
  obstacle: async (size) => {
    try {
      pgvectorBuild(size);
      return null;
    } catch (error) {
      return firstLine(error);
    }
  },
  serve: () => startPgvector(pgvectorBuild('short')),
  connect: (url, dimensions) => Promise.resolve(session(url, dimensions, 'before')),
};

export const pgvectorLateIndex: Peer = {
  ...pgvector,
  name: 'pgvector indexed after the load',
  setup: `${setup}, made after the load`,
  isIngestOnly: true,
  connect: (url, dimensions) => Promise.resolve(session(url, dimensions, 'after')),
};

function session(url: string, dimensions: number, indexMade: 'before' | 'after'): PeerSession {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax });
  const widths = new WeakMap<pg.PoolClient, number>();
  return {
    create: async () => {
      await pool.query(
        `create table cases (id integer primary key, body text not null, embedding vector(${dimensions}) not null)`,
      );
      if (indexMade === 'before') await pool.query(createIndex);
    },
    add: async (batch) => {
      const rows = [...rowsOf(batch)];
      const places = rows.map((_, i) => `($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`).join(', ');
      const values = rows.flatMap(({ id, vector }) => [id, bodyOf(id), binaryVector(vector)]);
      await pool.query({
        name: `add-${rows.length}`,
        text: `insert into cases (id, body, embedding) values ${places}`,
        values,
      });
    },
    settle: async () => {
      if (indexMade === 'after') await pool.query(createIndex);
    },
    search: async (vector, limit, effort) => {
      const client = await pool.connect();
      try {
        await widen(client, widths, effort);
        const { rows } = await client.query<{ id: number; body: string }>({
          name: 'search',
          text: 'select id, body from cases order by embedding <#> $1::vector limit $2',
          values: [binaryVector(vector), limit],
        });
        return rows;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** Once a connection and width. */
async function widen(
  client: pg.PoolClient,
  widths: WeakMap<pg.PoolClient, number>,
  { ef_search = 40 }: Effort,
): Promise<void> {
  if (widths.get(client) === ef_search) return;
  await client.query(`set hnsw.ef_search = ${ef_search}`);
  widths.set(client, ef_search);
}

/** The type's binary form: dimensions and a zero as 16 bits each, then float32, all big-endian. */
function binaryVector(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(4 + vector.length * 4);
  bytes.writeUInt16BE(vector.length, 0);
  bytes.writeUInt16BE(0, 2);
  for (let i = 0; i < vector.length; i++) bytes.writeFloatBE(vector[i] as number, 4 + i * 4);
  return bytes;
}
