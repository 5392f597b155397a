// Compiles the addons (the index: hnswlib-node's source and our own on top of it; the default model's inference) with the
// C++ compiler alone: no node-gyp, so no Python, no make and no download of Node's headers. The first step of `npm run
// build`; costs nothing when they are up to date. Why not at install time: docs/decisions/012-native-build.md. For any
// processor of the platform: what is worth more than that is chosen when an addon is loaded (docs/decisions/029-native-addon.md).

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

const packageDir = dirname(require.resolve('hnswlib-node/package.json'));
const outputDir = fileURLToPath(new URL('../dist/native', import.meta.url));
const addons = [
  { name: 'index-addon', sourceDir: sourceDirOf('../src/vector/native'), source: 'float-addon.cc' },
  {
    name: 'embedding-addon',
    sourceDir: sourceDirOf('../src/embedding/minilm/native'),
    source: 'embedding-addon.cc',
  },
];
/** What they share. */
const sharedDir = sourceDirOf('../src/base/native');
/** Our source reaches into the package's classes: another version must be read before it is compiled. */
const packageVersion = '3.0.0';

/** Builds what needs it. */
export function buildNative(log = console.log) {
  checkPackage();
  for (const addon of addons) build(addon, log);
}

function build({ name, sourceDir, source }, log) {
  const addonPath = join(outputDir, `${name}.node`);
  const recordPath = join(outputDir, `${name}.json`);
  const command = compileCommand(join(sourceDir, source));
  const record = `${JSON.stringify({ package: `hnswlib-node ${packageVersion}`, key: keyOf(command, sourceDir) })}\n`;
  if (existsSync(addonPath) && existsSync(recordPath)) {
    if (readFileSync(recordPath, 'utf8') === record) return;
  }
  log(`compiling the ${name.replace('-', ' ')} for ${process.platform}-${process.arch}`);
  mkdirSync(outputDir, { recursive: true });
  const unfinished = join(outputDir, `${name}.${process.pid}.tmp`);
  run([...command, '-o', unfinished]);
  // The record goes first and comes last: a build cut short is never taken for a finished one. A running process keeps
  // the old file, because rename does not touch it.
  rmSync(recordPath, { force: true });
  renameSync(unfinished, addonPath);
  writeFileSync(recordPath, record);
}

function sourceDirOf(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** The package's own addon without ours, as its own build makes it, for a bench to compare with. */
export function buildNativeAt(outputPath) {
  run([...compileCommand(join(packageDir, 'src', 'addon.cc')), '-o', outputPath]);
}

function checkPackage() {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  if (version !== packageVersion) {
    throw new Error(
      `hnswlib-node is ${version}, and src/vector/native is written for ${packageVersion}: see what has changed in its src folder, then change packageVersion in scripts/build-native.mjs`,
    );
  }
}

/** The flags are those of node-gyp's release build. */
function compileCommand(source) {
  const nodeApi = require('node-api-headers').include_dir;
  const addonApi = dirname(
    createRequire(join(packageDir, 'package.json')).resolve('node-addon-api/package.json'),
  );
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [
    process.env['CXX'] ?? 'c++',
    ...[
      '-std=gnu++17',
      '-O3',
      '-fPIC',
      '-pthread',
      '-fexceptions',
      '-fno-rtti',
      '-fno-omit-frame-pointer',
      '-w',
    ],
    ...['-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_GYP_MODULE_NAME=addon', '-DBUILDING_NODE_EXTENSION'],
    // A thread that is being ended cannot throw; without this, an index call in it ends the process.
    '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
    ...[`-I${nodeApi}`, `-I${addonApi}`, `-I${join(packageDir, 'src')}`, `-I${sharedDir}`],
    ...link,
    source,
  ];
}

/** Changes with our source, the package's version, the compiler command and the platform. */
function keyOf(command, sourceDir) {
  const hash = createHash('sha256');
  for (const dir of [sourceDir, sharedDir]) {
    for (const file of readdirSync(dir).sort()) hash.update(readFileSync(join(dir, file)));
  }
  hash.update([packageVersion, process.platform, process.arch, ...command].join('\n'));
  return hash.digest('hex').slice(0, 16);
}

function run([program, ...args]) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error?.code === 'ENOENT') {
    throw new Error(
      `no C++ compiler: install g++ (Debian), the Xcode tools (macOS), or set CXX; tried '${program}'`,
    );
  }
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the C++ compiler ended with status ${status}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildNative();
