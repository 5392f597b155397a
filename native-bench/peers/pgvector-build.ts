// pgvector as a file that any PostgreSQL of this machine can load: Debian's source package, compiled with make for this
// processor, in the build folder. Nothing is installed outside of it, so no administrator is needed.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchSize } from '../report/figure.ts';

const folder = fileURLToPath(new URL('../build/pgvector/', import.meta.url));

export interface PgvectorBuild {
  /** Where `postgres` and `initdb` are. */
  readonly binaries: string;
  readonly library: string;
  /** What CREATE EXTENSION would run. */
  readonly sql: string;
  readonly version: string;
}

/** Builds when `size` is full and it is not there yet. Throws, with a sentence for the page, when it cannot be had. */
export function pgvectorBuild(size: BenchSize): PgvectorBuild {
  const binaries = postgresBinaries();
  const major =
    /\d+/.exec(execFileSync(join(binaries, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[0] ?? '';
  const built = join(folder, `postgresql-${major}`);
  if (!existsSync(join(built, 'vector.so'))) {
    if (size === 'short') throw new Error('pgvector is not built: a full run builds it');
    build(built, major);
  }
  const version = readFileSync(join(built, 'version'), 'utf8').trim();
  return { binaries, library: join(built, 'vector.so'), sql: join(built, 'vector.sql'), version };
}

function postgresBinaries(): string {
  try {
    const found = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
    if (existsSync(join(found, 'postgres'))) return found;
  } catch {
    // Told below: no pg_config is the same to us as one without a server.
  }
  throw new Error('no PostgreSQL server with its pg_config here (Debian: postgresql, libpq-dev)');
}

function build(built: string, major: string): void {
  console.log('building pgvector');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const headers = serverHeaders(major);
  const source = debianSource();
  run(source, 'make', ['OPTFLAGS=-march=native', 'with_llvm=no', `PG_CPPFLAGS=-I${headers}`]);
  const version =
    /default_version = '([\d.]+)'/.exec(readFileSync(join(source, 'vector.control'), 'utf8'))?.[1] ?? '';
  mkdirSync(built);
  cpSync(join(source, 'sql', `vector--${version}.sql`), join(built, 'vector.sql'));
  cpSync(join(source, 'vector.so'), join(built, 'vector.so'));
  writeFileSync(join(built, 'version'), `${version}\n`);
}

/** Those installed, else those of the Debian package, unpacked and not installed. */
function serverHeaders(major: string): string {
  const installed = execFileSync('pg_config', ['--includedir-server'], { encoding: 'utf8' }).trim();
  if (existsSync(join(installed, 'postgres.h'))) return installed;
  const name = `postgresql-server-dev-${major}`;
  run(folder, 'apt-get', ['download', name]);
  run(folder, 'dpkg-deb', ['-x', fileNamed(name), 'headers']);
  return join(folder, 'headers', 'usr', 'include', 'postgresql', major, 'server');
}

/** From the first Debian release that has 0.8, in lists of our own: the machine's may name an older one. */
function debianSource(): string {
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(
    join(folder, 'sources.list'),
    `deb-src [signed-by=${keys}] http://deb.debian.org/debian trixie main\n`,
  );
  for (const each of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, each), { recursive: true });
  const options = [
    `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
  ].flatMap((option) => ['-o', option]);
  run(folder, 'apt-get', [...options, 'update']);
  run(folder, 'apt-get', [...options, 'source', '--download-only', 'pgvector']);
  run(folder, 'dpkg-source', ['--no-check', '-x', fileNamed('pgvector', '.dsc'), 'source']);
  return join(folder, 'source');
}

function fileNamed(start: string, end = ''): string {
  const found = readdirSync(folder).find((name) => name.startsWith(start) && name.endsWith(end));
  if (found === undefined) throw new Error(`${start} was not downloaded`);
  return found;
}

function run(cwd: string, program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const why = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new Error(`pgvector could not be built: ${program} ${args.at(-1)}: ${why}`);
}
