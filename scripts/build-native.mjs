// Compiles the HNSW addon (hnswlib-node) for this processor, with the C++ compiler alone: no node-gyp, so no Python, no
// make and no download of Node's headers. The first step of `npm run build`; costs nothing when the addon is up to date.
// Why not at install time: docs/decisions/012-native-build.md.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseInstructionSet, compilerFlagsOf, requiredFlagsOf } from './instruction-set.mjs';

const require = createRequire(import.meta.url);

/** Builds when needed; returns the instruction set of the addon that is there afterwards. */
export function buildNative(log = console.log) {
  const package_ = dirname(require.resolve('hnswlib-node/package.json'));
  const outputDir = join(package_, 'build', 'Release');
  const stampPath = join(outputDir, 'kms-build.json');
  const instructionSet = chooseInstructionSet();
  const command = compileCommand(package_, instructionSet);
  const stamp = `${JSON.stringify({
    instructionSet,
    requiredFlags: requiredFlagsOf(instructionSet),
    key: keyOf(package_, command),
  })}\n`;
  if (existsSync(join(outputDir, 'addon.node')) && existsSync(stampPath)) {
    if (readFileSync(stampPath, 'utf8') === stamp) return instructionSet;
  }
  log(`compiling the index addon for ${process.platform}-${process.arch}, ${instructionSet}`);
  mkdirSync(outputDir, { recursive: true });
  const unfinished = join(outputDir, `addon.${process.pid}.tmp`);
  run([...command, '-o', unfinished]);
  // The stamp goes first and comes last: a build cut short is never taken for a finished one. A running process keeps
  // the old file, because rename does not touch it.
  rmSync(stampPath, { force: true });
  renameSync(unfinished, join(outputDir, 'addon.node'));
  writeFileSync(stampPath, stamp);
  return instructionSet;
}

/** A copy of the addon elsewhere, for a bench to compare with; `baseline` is what the package's own build makes. */
export function buildNativeAt(outputPath, instructionSet) {
  const package_ = dirname(require.resolve('hnswlib-node/package.json'));
  run([...compileCommand(package_, instructionSet), '-o', outputPath]);
}

/** The flags are those of node-gyp's release build, and the processor's. */
function compileCommand(package_, instructionSet) {
  const nodeApi = require('node-api-headers').include_dir;
  const addonApi = dirname(
    createRequire(join(package_, 'package.json')).resolve('node-addon-api/package.json'),
  );
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [
    process.env['CXX'] ?? 'c++',
    ...['-std=gnu++17', '-fPIC', '-pthread', '-fexceptions', '-fno-rtti', '-fno-omit-frame-pointer', '-w'],
    ...compilerFlagsOf(instructionSet).split(' '),
    ...['-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_GYP_MODULE_NAME=addon', '-DBUILDING_NODE_EXTENSION'],
    ...[`-I${nodeApi}`, `-I${addonApi}`],
    ...link,
    join(package_, 'src', 'addon.cc'),
  ];
}

/** Changes with the source's version, the compiler command and the platform. */
function keyOf(package_, command) {
  const { version } = JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8'));
  const facts = [version, process.platform, process.arch, ...command];
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 16);
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
