// sqlite-vec: a table in SQLite that is scanned exactly, called directly in the client's process.

import { join } from 'node:path';
import { bodyOf, type Peer, type PeerSession, rowsOf } from './peer.ts';
import { importPackage, packageObstacle } from './peer-packages.ts';

interface Statement {
  run(...values: unknown[]): void;
  all(...values: unknown[]): { id: number; body: string }[];
}

interface Database {
  pragma(text: string): void;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  transaction<T>(action: (value: T) => void): (value: T) => void;
  close(): void;
}

/** A reader or writer that finds the file locked tries again for as long as this. */
const busyTimeoutMs = 60_000;

export const sqliteVec: Peer = {
  name: 'sqlite-vec',
  setup:
    'library in the client process, called directly; SQLite in WAL mode with synchronous=FULL (fsync a transaction); exact scan',
  isReference: false,
  hasGraph: false,
  efforts: [{}],
  load: { documentsPerBatch: 1_000, batchesInFlight: 1 },
  obstacle: async (size) =>
    (await packageObstacle('better-sqlite3', size)) ??
    (await packageObstacle('sqlite-vec', size)) ??
    (await opens()),
  serve: (folder) => Promise.resolve({ place: folder, stop: () => Promise.resolve() }),
  connect: (folder, dimensions) => session(join(folder, 'cases.sqlite'), dimensions),
};

/** The package loads without its binary, which is only looked for here. */
async function opens(): Promise<string | null> {
  try {
    (await open(':memory:')).close();
    return null;
  } catch (error) {
    return `better-sqlite3 has no binary: ${String(error).split('\n')[0]}`;
  }
}

async function open(path: string): Promise<Database> {
  const { default: BetterSqlite } = await importPackage<{
    default: new (path: string, options: { timeout: number }) => Database;
  }>('better-sqlite3');
  const { load } = await importPackage<{ load(database: Database): void }>('sqlite-vec');
  const database = new BetterSqlite(path, { timeout: busyTimeoutMs });
  load(database);
  return database;
}

async function session(path: string, dimensions: number): Promise<PeerSession> {
  const database = await open(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  let insert: ((rows: { id: number; vector: Float32Array }[]) => void) | null = null;
  let nearest: Statement | null = null;
  const insertion = () => {
    const statement = database.prepare('insert into cases (id, embedding, body) values (?, ?, ?)');
    return database.transaction((rows: { id: number; vector: Float32Array }[]) => {
      for (const { id, vector } of rows) statement.run(BigInt(id), vector, bodyOf(id));
    });
  };
  return {
    // Euclidean distance has its SIMD loop and orders unit vectors as their cosine does.
    create: async () =>
      database.exec(
        `create virtual table cases using vec0(id integer primary key, embedding float[${dimensions}], +body text)`,
      ),
    add: async (batch) => {
      insert ??= insertion();
      insert([...rowsOf(batch)]);
    },
    settle: () => Promise.resolve(),
    search: async (vector, limit) => {
      nearest ??= database.prepare('select id, body from cases where embedding match ? and k = ?');
      return nearest.all(vector, limit);
    },
    close: async () => database.close(),
  };
}
