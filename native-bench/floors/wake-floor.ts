// Compiles and runs wake-floor.cc: how soon a thread that is woken gets a core, while something else is measured. A search
// wakes five threads one after the other: the client's, the engine's main thread, the index thread, and both again.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compiledProgram } from './compiled-program.ts';

/** As many as a search by vector wakes, with work that is less than any of them does. */
const row = { threads: 5, workUs: 100 } as const;

export const aboutWakeFloor = `Beside the searches a row of ${row.threads} threads in C++ hands requests on, as many a second, each thread with ${row.workUs / 1_000} ms of work: as many as a search by vector wakes one after the other, without Node, gRPC or an index. What it takes is the machine's part.`;

export interface WakeFloor {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs for `seconds` with requests at random moments; null where there is no C++ compiler. Compiles first, the first time. */
export async function measureWakeFloor(load: {
  readonly perSecond: number;
  readonly seconds: number;
  readonly seed: number;
}): Promise<WakeFloor | null> {
  const program = compiledWakeFloor();
  if (program === null) return null;
  const { perSecond, seconds, seed } = load;
  const words = [
    `threads=${row.threads}`,
    `work_us=${row.workUs}`,
    `per_second=${perSecond}`,
    `seconds=${seconds}`,
    `seed=${seed}`,
  ];
  return JSON.parse((await promisify(execFile)(program, words)).stdout) as WakeFloor;
}

/** The program's path; null without a compiler. */
export function compiledWakeFloor(): string | null {
  const sources = ['wake-floor.cc', 'program-options.h', 'timing.h'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  return compiledProgram('wake-floor', sources, ['-std=c++17', '-O2', '-pthread']);
}
