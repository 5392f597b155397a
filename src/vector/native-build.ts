// Which build of the index addon is running, and whether this processor can run it. A build for newer instructions
// than the processor has would end the process with SIGILL, without a word; so look before the addon is loaded.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { KmsError } from '../base/errors.ts';

/** Written by scripts/build-native.mjs beside the addon. */
interface BuildRecord {
  /** `baseline`, `x86-64-v3` or `native`. */
  readonly instructionSet: string;
  /** Names as in Linux's /proc/cpuinfo. */
  readonly requiredFlags: readonly string[];
}

/**
 * Returns the instruction set that the addon was built for, for the log. `npm` is a build by the package's own means.
 * Throws `failed_precondition` when there is no addon, or when it needs instructions that this processor has not.
 */
export function checkNativeBuild(releaseDir = addonDir(), cpuinfo = readCpuinfo()): string {
  if (!existsSync(join(releaseDir, 'addon.node'))) {
    throw new KmsError('failed_precondition', 'the index addon is not built: run npm run build');
  }
  const recordPath = join(releaseDir, 'kms-build.json');
  if (!existsSync(recordPath)) return 'npm';
  const { instructionSet, requiredFlags } = JSON.parse(readFileSync(recordPath, 'utf8')) as BuildRecord;
  const missing = missingFlags(requiredFlags, cpuinfo);
  if (missing.length > 0) {
    const message = `the index addon was built for ${instructionSet}, and this processor has no ${missing.join(', ')}: run npm run build here, or build with NATIVE_INSTRUCTION_SET=baseline`;
    throw new KmsError('failed_precondition', message, { facts: { instructionSet } });
  }
  return instructionSet;
}

/** Where nothing is known about the processor (not Linux), the build was made on this machine: nothing is missing. */
function missingFlags(required: readonly string[], cpuinfo: string): string[] {
  if (cpuinfo === '') return [];
  const line = cpuinfo.split('\n').find((text) => text.startsWith('flags'));
  const flags = new Set(line?.split(/\s+/));
  return required.filter((flag) => !flags.has(flag));
}

function addonDir(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('hnswlib-node/package.json')), 'build', 'Release');
}

function readCpuinfo(): string {
  return existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
}
