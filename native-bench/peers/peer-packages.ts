// The npm packages of the peers. They have a manifest and a lock file of their own, so that no engine is ever installed or
// shipped with them: a full run installs them here, everything else uses what is there.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchSize } from '../report/figure.ts';

export const peersFolder = fileURLToPath(new URL('.', import.meta.url));

/** Resolves with why the package cannot be used, null when it can. */
export async function packageObstacle(name: string, size: BenchSize): Promise<string | null> {
  if (size === 'full') install();
  if (!existsSync(join(peersFolder, 'node_modules', name)))
    return `${name} is not installed: npm ci --prefix native-bench/peers, or a full run`;
  try {
    await importPackage(name);
    return null;
  } catch (error) {
    return `${name} does not load: ${firstLine(error)}`;
  }
}

/** The caller names the type: the root's compiler does not know these packages, which may be absent. */
export async function importPackage<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}

let isInstalled = false;

/** Once a run. Without a network it says so and leaves things as they are. */
function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  if (existsSync(join(peersFolder, 'node_modules', '.package-lock.json'))) return;
  console.log('installing the peers');
  npm(['ci', '--ignore-scripts']);
  // The one package that is compiled (or fetched) by its install script; the others bring their binaries.
  npm(['rebuild', 'better-sqlite3', '--ignore-scripts=false']);
}

function npm(args: readonly string[]): void {
  const { status } = spawnSync('npm', [...args, '--prefix', peersFolder, '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) console.log(`npm ${args[0]} failed: peers that need it are left out`);
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
