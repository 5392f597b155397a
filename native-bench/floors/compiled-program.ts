// Compiles the C++ programs of the benches, once for each source, compiler command and processor: what is compiled with
// -march=native on one machine may not even start on another.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

const compiler = process.env['CXX'] ?? 'c++';

/**
 * The path of the program that `sources` (with the headers among them that may change) and `words` (flags, as for a
 * compiler's command line) make, or null when there is no compiler. Throws when the sources do not compile.
 */
export function compiledProgram(
  name: string,
  sources: readonly string[],
  words: readonly string[],
): string | null {
  const command = [...sources.filter((source) => !source.endsWith('.h')), ...words];
  const contents = sources.map((source) => readFileSync(source, 'utf8'));
  const key = createHash('sha256')
    .update([compiler, ...command, cpus()[0]?.model ?? '', ...contents].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const path = join(programsFolder(), `${name}-${key}`);
  if (existsSync(path)) return path;
  // Two benches that start at once each finish a file of their own.
  const unfinished = `${path}.${process.pid}`;
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  const { status, error } = spawnSync(compiler, [...command, '-o', unfinished], { stdio: [...stdio] });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return null;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${compiler} cannot compile ${sources[0]}`);
  renameSync(unfinished, path);
  return path;
}

/** Of this user alone: what lies there is run. */
export function programsFolder(): string {
  const folder = join(tmpdir(), `kms-bench-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
