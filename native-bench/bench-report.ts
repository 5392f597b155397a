// What a bench prints: figures with their unit, target and command, as a table or as JSON.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** For example `>= 0.85`; empty: no target, a reference only. */
  readonly target: string;
  readonly holds: boolean | null;
}

/** `target` like `>= 0.8`, `< 10`, or empty. */
export function figure(name: string, value: number, unit: string, target = ''): Figure {
  const [operator = '', bound = ''] = target.split(' ');
  const limit = Number(bound);
  const checks: Record<string, () => boolean> = {
    '>=': () => value >= limit,
    '>': () => value > limit,
    '<=': () => value <= limit,
    '<': () => value < limit,
  };
  return { name, value, unit, target, holds: checks[operator]?.() ?? null };
}

/** Prints the figures, and writes them to `--json FILE` when asked for. */
export function report(bench: string, figures: readonly Figure[]): void {
  for (const { name, value, unit, target, holds } of figures) {
    const verdict = holds === null ? '' : holds ? `target ${target}: holds` : `target ${target}: MISSED`;
    console.log(`${name.padEnd(58)} ${rounded(value).padStart(10)} ${unit.padEnd(8)} ${verdict}`);
  }
  const { values } = parseArgs({ options: { json: { type: 'string' } }, strict: false });
  if (typeof values.json === 'string') {
    const command = `npm run bench -- ${bench}`;
    writeFileSync(
      values.json,
      `${JSON.stringify(
        figures.map((row) => ({ ...row, command })),
        null,
        2,
      )}\n`,
    );
  }
}

/** The value below which `share` (0..1) of the samples lie. Sorts a copy. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
