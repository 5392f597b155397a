// Keeps package-lock.json complete. npm leaves an optional package of another platform out of the lock when its
// registry or mirror does not have it, and `npm ci` then refuses the lock everywhere ("Missing: … from lock file").
//   node scripts/lock-file.mjs --check   names what is missing, and entries without an integrity hash that are installed here
//   node scripts/lock-file.mjs --write   adds the missing platform packages (without a hash: nobody here can know it)
// A folder after it names another manifest and lock than the root's: native-bench/peers.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL(`../${process.argv[3] ?? '.'}/`, import.meta.url);
const lockPath = fileURLToPath(new URL('package-lock.json', folder));
const lock = JSON.parse(readFileSync(lockPath, 'utf8'));
const packages = lock.packages;

const missing = missingOptionals();
if (process.argv.includes('--write')) {
  for (const entry of missing) packages[`node_modules/${entry.name}`] = platformEntry(entry);
  lock.packages = Object.fromEntries(Object.entries(packages).sort(byPath));
  writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.length} packages of other platforms to package-lock.json`);
} else {
  const faults = [
    ...missing.map(({ name, version }) => `missing from package-lock.json: ${name}@${version}`),
    ...unhashedInstalled().map((path) => `no integrity hash: ${path}`),
    ...driftFromManifest(),
  ];
  for (const fault of faults) console.error(fault);
  if (missing.length > 0) console.error('run: node scripts/lock-file.mjs --write');
  process.exitCode = faults.length > 0 ? 1 : 0;
}

/** Optional dependencies that no folder on the way up to the root holds. */
function missingOptionals() {
  const found = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolves(path, name)) continue;
      found.set(name, { name, version, isDev: entry.dev === true, engines: entry.engines });
    }
  }
  return [...found.values()];
}

function resolves(fromPath, name) {
  const suffix = `node_modules/${name}`;
  for (
    let path = fromPath;
    path !== '';
    path = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')))
  ) {
    if (packages[`${path}/${suffix}`] !== undefined) return true;
  }
  return packages[suffix] !== undefined;
}

/** Such packages are named by their platform: `@biomejs/cli-linux-x64-musl`. npm skips them by os, cpu and libc. */
function platformEntry({ name, version, isDev }) {
  const match = /-(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9_]+)(?:-([a-z]+))?/.exec(name);
  if (match === null) throw new Error(`${name}: no platform in its name, add it by hand`);
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`${name}@${version}: not an exact version, add it by hand`);
  const [, os, machine, abi] = match;
  const cpu = { aarch64: 'arm64', armv7: 'arm' }[machine] ?? machine;
  const libc = abi?.startsWith('musl') ? ['musl'] : abi?.startsWith('gnu') ? ['glibc'] : undefined;
  return {
    version,
    cpu: [cpu],
    ...(isDev ? { dev: true } : {}),
    ...(libc === undefined ? {} : { libc }),
    optional: true,
    os: [os],
  };
}

function unhashedInstalled() {
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && entry.integrity === undefined && entry.link !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(new URL(path, folder)));
}

/** `npm ci` also refuses a lock whose root differs from package.json. */
function driftFromManifest() {
  const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  return ['dependencies', 'devDependencies']
    .filter((kind) => JSON.stringify(sorted(manifest[kind])) !== JSON.stringify(sorted(packages[''][kind])))
    .map((kind) => `package.json and package-lock.json differ in ${kind}: run npm install`);
}

function sorted(record = {}) {
  return Object.entries(record).sort(byPath);
}

function byPath([a], [b]) {
  return a < b ? -1 : a > b ? 1 : 0;
}
