// What a process has used so far, as Linux counts it (proc(5)): its memory, and the processor time of its threads.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** USER_HZ: what /proc counts in, on every Linux platform that Node has builds for. */
const ticksPerSecond = 100;

/** Bytes of memory that no file backs: heaps, the graph, stacks. The store's map is not among them. */
export function anonymousBytes(pid: number): number {
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (match === null) throw new Error(`/proc/${pid}/status has no RssAnon`);
  return Number(match[1]) * 1024;
}

/** The same once the process has had two seconds to itself: what a load leaves behind is given back by then or not at all. */
export async function settledBytes(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return anonymousBytes(pid);
}

export interface ThreadSeconds {
  readonly main: number;
  /** All the others together. */
  readonly others: number;
}

/** Processor seconds so far, user and system, to a hundredth. */
export function threadSeconds(pid: number): ThreadSeconds {
  const threads = readThreads(pid);
  const main = threads.get(String(pid)) ?? 0;
  return { main, others: [...threads.values()].reduce((sum, seconds) => sum + seconds, 0) - main };
}

/** Processor seconds so far of each thread, by its id; the main thread's is that of the process. */
export type ThreadReading = ReadonlyMap<string, number>;

export function readThreads(pid: number): ThreadReading {
  return new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      // The name, in brackets, may hold spaces; user and system time are fields 14 and 15, the name is field 2.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [thread, (Number(fields[11]) + Number(fields[12])) / ticksPerSecond];
    }),
  );
}

/** What the threads used since `before`, the busiest first. Threads that ended meanwhile are left out. */
export function busiestThreads(pid: number, before: ThreadReading): number[] {
  return [...readThreads(pid)]
    .map(([thread, seconds]) => seconds - (before.get(thread) ?? 0))
    .sort((a, b) => b - a);
}

/** Bytes on disk of what lies under `folder` and `isWanted` by its path. Holes in files do not count. */
export function diskBytes(folder: string, isWanted: (path: string) => boolean): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter(isWanted)
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .filter((stat) => stat?.isFile() === true)
    .reduce((sum, stat) => sum + (stat?.blocks ?? 0) * 512, 0);
}
