// What the benches found, kept between runs in docs/benchmarks/results.json: one record a bench and size, so that running one
// bench replaces its own record only. The page is made from this file alone.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BenchSize, Figure, Plot } from './figure.ts';
import type { Environment } from './machine.ts';

export interface BenchRecord {
  readonly bench: string;
  readonly size: BenchSize;
  /** How anyone repeats it. */
  readonly command: string;
  /** ISO 8601, to the minute, UTC. */
  readonly date: string;
  readonly seconds: number;
  readonly commit: string;
  readonly environment: Environment;
  readonly about: string;
  readonly figures: readonly Figure[];
  readonly plots: readonly Plot[];
  readonly notes: readonly string[];
  /** Why there are no figures; null when there are. */
  readonly error: string | null;
}

/** No records when the file does not exist. */
export function readResults(path: string): readonly BenchRecord[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BenchRecord[]) : [];
}

/** The records with `record` in the place of the one of the same bench and size. */
export function withRecord(records: readonly BenchRecord[], record: BenchRecord): readonly BenchRecord[] {
  const others = records.filter(({ bench, size }) => bench !== record.bench || size !== record.size);
  return [...others, record].sort((a, b) => a.bench.localeCompare(b.bench) || a.size.localeCompare(b.size));
}

/** Whole or not at all: a run that is interrupted leaves the records of the runs before. */
export function writeResults(path: string, records: readonly BenchRecord[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(records, sixDigits, 1)}\n`);
  renameSync(`${path}.new`, path);
}

/** More digits than a measurement has only make the file's changes hard to read. */
function sixDigits(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}

/** The list that `--json` writes; a bench that failed is one entry that does not hold. */
export function figureList(
  records: readonly BenchRecord[],
): readonly (Figure & { readonly command: string })[] {
  return records.flatMap(({ bench, command, figures, error }) =>
    error === null
      ? figures.map((row) => ({ ...row, command }))
      : [{ name: `${bench} ran`, value: 0, unit: '', target: '>= 1', holds: false, command }],
  );
}
