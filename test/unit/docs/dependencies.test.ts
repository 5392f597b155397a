// The dependency record and the licence list are checked against what is installed.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  readonly license: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

it('every dependency has a row with its declared licence and a reason, and nothing else has', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Manifest;
  const expected = Object.keys({ ...dependencies, ...devDependencies }).map((name) => {
    const { license } = JSON.parse(read(join('node_modules', name, 'package.json'))) as Manifest;
    return `${name}: ${license}`;
  });
  const rows = read('docs/decisions/013-dependencies.md').matchAll(
    /^\| ([@a-z][^ ]*) \| ([^|]+) \| [^|]{5,} \|$/gm,
  );
  const recorded = [...rows].map((row) => `${row[1]}: ${row[2]}`);
  expect(recorded.sort()).toEqual(expected.sort());
});

it('dependency versions are exact', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Manifest;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, range]) => !/^\d/.test(range),
  );
  expect(loose).toEqual([]);
});

it('THIRD-PARTY.md lists what the lock file installs for the product', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/third-party.mjs'), '--check']);
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
});
