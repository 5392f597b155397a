// Which processor instructions the HNSW addon is compiled for. npm's own build of it uses SSE only; with AVX2 and FMA
// (x86-64-v3) the same code searches and inserts about a fifth faster, but dies with SIGILL on a processor without.

import { readFileSync } from 'node:fs';

/** What x86-64-v3 adds to v2, as Linux names it. */
const v3Flags = ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'];

const compilerFlags = { baseline: '-O3', 'x86-64-v3': '-O3 -march=x86-64-v3', native: '-O3 -march=native' };

/** True only when the processor is known to run x86-64-v3 code. */
export function hasV3(cpuinfo = readCpuinfo()) {
  const flags = flagsOf(cpuinfo);
  return v3Flags.every((flag) => flags.has(flag));
}

/** The instruction set to build for: the one asked for, else the best this processor is known to have. */
export function chooseInstructionSet(asked = process.env['NATIVE_INSTRUCTION_SET'] ?? 'auto') {
  if (asked === 'auto') return process.arch === 'x64' && hasV3() ? 'x86-64-v3' : 'baseline';
  if (!Object.hasOwn(compilerFlags, asked)) {
    throw new Error(
      `NATIVE_INSTRUCTION_SET=${asked}: must be auto, ${Object.keys(compilerFlags).join(', ')}`,
    );
  }
  return asked;
}

export function compilerFlagsOf(instructionSet) {
  return compilerFlags[instructionSet];
}

/** What a processor must have, in Linux's names, to run such a build: checked again when the engine starts. */
export function requiredFlagsOf(instructionSet, cpuinfo = readCpuinfo()) {
  if (instructionSet === 'baseline') return [];
  if (instructionSet === 'x86-64-v3') return v3Flags;
  return [...flagsOf(cpuinfo)].filter((flag) => v3Flags.includes(flag) || flag.startsWith('avx512')).sort();
}

function flagsOf(cpuinfo) {
  const line = cpuinfo.split('\n').find((text) => text.startsWith('flags'));
  return new Set(line?.split(/\s+/));
}

function readCpuinfo() {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return ''; // not Linux: nothing is known, the baseline runs everywhere
    throw error;
  }
}
