// Where and with what a bench ran: figures mean nothing without it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dependencies = ['hnswlib-node', 'lmdb', '@grpc/grpc-js', 'onnxruntime-node'];

/** One line on the machine, one on the versions. */
export interface Environment {
  readonly machine: string;
  readonly versions: string;
}

export function environment(): Environment {
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const processor = cpus()[0]?.model.trim() ?? arch();
  const versions = dependencies.map((name) => `${name} ${versionOf(name)}`);
  return {
    machine: `${processor}, ${availableParallelism()} cores, ${gib} GiB, ${platform()} ${release()} (${arch()})`,
    versions: [`node ${process.versions.node}`, ...versions].join(', '),
  };
}

function versionOf(name: string): string {
  const file = `${root}node_modules/${name}/package.json`;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The short hash of the checkout, with `+` when it has changes; `unknown` outside a checkout. */
export function commit(): string {
  try {
    const hash = git('rev-parse', '--short', 'HEAD');
    // The page and its pictures are written by the runs themselves.
    return git('status', '--porcelain', '--', '.', ':!docs') === '' ? hash : `${hash}+`;
  } catch {
    return 'unknown';
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
