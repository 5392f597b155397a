// One bench in a process of its own, so that it begins with a clean heap and takes nothing with it when it dies:
// `bench-child.ts NAME short|full`, started by native-bench/run.ts, which it tells the outcome by its IPC channel.

import { benches } from './bench-list.ts';
import type { Bench, BenchOutcome, BenchSize } from './figure.ts';

export type BenchReport =
  | { readonly type: 'done'; readonly about: string; readonly outcome: BenchOutcome }
  | { readonly type: 'failed'; readonly error: string };

const [name, size] = process.argv.slice(2) as [string, BenchSize];

// Exit handlers end the engines that a bench has started; a signal alone would leave them behind.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
process.once('disconnect', () => process.exit(1));

process.send?.(await outcomeOf(), () => {
  // A bench that left a handle open has measured all the same.
  process.exit(0);
});

async function outcomeOf(): Promise<BenchReport> {
  try {
    const entry = benches.find((bench) => bench.name === name);
    if (entry === undefined) throw new Error(`no bench "${name}"`);
    const { about, run } = (await import(new URL(`../${entry.module}`, import.meta.url).href)) as Bench;
    return { type: 'done', about, outcome: await run(size) };
  } catch (error) {
    console.error(error);
    return { type: 'failed', error: error instanceof Error ? error.message : String(error) };
  }
}
