// A PostgreSQL of its own for the bench, as it runs in production: flushed to disk at each commit. It refuses to run as root,
// so root starts it as another user.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../test/support/free-port.ts';
import type { PeerServer } from './peer.ts';
import type { PgvectorBuild } from './pgvector-build.ts';

/** fsync and synchronous_commit are on as they come. The rest is what a guide would set on this machine. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '1GB',
  maintenance_work_mem: '1GB',
  max_wal_size: '4GB',
};

const startAttemptsMax = 300; // 100 ms each

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts it with the extension loaded; `place` is the connection string. */
export async function startPgvector(build: PgvectorBuild): Promise<PeerServer> {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'kms-bench-postgres-'));
  if (account.uid !== undefined) chownSync(folder, account.uid, account.gid ?? account.uid);
  // The server reads the library by itself, from where its user may read.
  const library = join(folder, 'vector.so');
  cpSync(build.library, library);
  chmodSync(library, 0o755);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'kms', '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const made = spawnSync(join(build.binaries, 'initdb'), initdb, {
    ...account,
    cwd: folder,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  // Parallel workers, which build an index, look for the library by its bare name.
  const dynamicLibraryPath = { dynamic_library_path: `${folder}:$libdir` };
  const given = { ...settings, ...dynamicLibraryPath, port: String(port) };
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log: string[] = [];
  const child = spawn(join(build.binaries, 'postgres'), ['-D', data, ...flags], {
    ...account,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (text) => void log.push(String(text)));
  const stopWithUs = () => child.kill('SIGQUIT');
  process.once('exit', stopWithUs);
  const url = `postgresql://kms@127.0.0.1:${port}/postgres`;
  try {
    await connected(url, child, log);
    await loadExtension(url, readFileSync(build.sql, 'utf8'), library);
  } catch (error) {
    child.kill('SIGQUIT');
    throw error;
  }
  return {
    place: url,
    stop: async () => {
      process.off('exit', stopWithUs);
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGINT'); // its fast shutdown
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serverAccount(): Account {
  if (userInfo().uid !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // Not on this machine: the next one.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no other user here');
}

async function connected(url: string, child: ChildProcess, log: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (attempt === startAttemptsMax || child.exitCode !== null)
        throw new Error(`PostgreSQL did not start: ${log.slice(-5).join('')}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** What CREATE EXTENSION does with these files when they lie in PostgreSQL's own folders. */
async function loadExtension(url: string, sql: string, library: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const statements = sql.replace(/^\\.*$/gm, '').replaceAll('MODULE_PATHNAME', library);
  await client.query(statements);
  await client.end();
}
