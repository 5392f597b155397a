// docs/benchmarks.md, wholly made from the records of the benches: ratios and targets first, then each bench with its command,
// its plots, and when, where and on which commit it ran; at the end what failed or never ran.

import type { BenchEntry } from './bench-list.ts';
import type { BenchRecord } from './bench-results.ts';
import { type Figure, readableNumber } from './figure.ts';

const head = `# Benchmarks

<!-- Made by \`npm run bench\` from docs/benchmarks/results.json; do not edit. -->

\`npm run bench\` runs a short version of all benches in about ten minutes, \`npm run bench:full\` all of it; with names behind
\`--\` only those, and \`--json FILE\` writes the figures. Each bench runs on its own, so its part of this page has its own date
and commit (\`+\`: with changes that were not committed). What counts are the ratios of two things measured in one run; bare times
hold for one machine. [performance.md](performance.md) says what the floors are, what was tried and what is missed;
[scaling.md](scaling.md) what a larger machine should do.
`;

/** `entries` gives the order. A bench with records of both sizes is shown with both. */
export function benchmarksPage(entries: readonly BenchEntry[], records: readonly BenchRecord[]): string {
  const environments = distinctEnvironments(records);
  const shown = entries.map((entry) => ({ entry, runs: runsOf(entry, records) }));
  return `${[
    head,
    machines(environments),
    targets(shown.flatMap(({ runs }) => runs)),
    ...shown.flatMap(({ entry, runs }) =>
      runs.some(({ error }) => error === null) ? [section(entry, runs, environments)] : [],
    ),
    couldNotRun(shown),
  ]
    .filter((part) => part !== '')
    .join('\n')
    .trimEnd()}\n`;
}

/** The name of a plot's file in docs/benchmarks/. */
export function plotFile(record: Pick<BenchRecord, 'size'>, plot: { readonly file: string }): string {
  return `${plot.file}${record.size === 'short' ? '-short' : ''}.svg`;
}

/** The full run first. */
function runsOf({ name }: BenchEntry, records: readonly BenchRecord[]): readonly BenchRecord[] {
  return (['full', 'short'] as const).flatMap((size) =>
    records.filter((record) => record.bench === name && record.size === size),
  );
}

function distinctEnvironments(records: readonly BenchRecord[]): readonly string[] {
  return [...new Set(records.map(environmentText))];
}

function environmentText({ environment }: BenchRecord): string {
  return `${environment.machine}; ${environment.versions}`;
}

function machines(environments: readonly string[]): string {
  const listed = environments.map((text, i) =>
    environments.length === 1 ? `${text}.` : `${i + 1}. ${text}.`,
  );
  return listed.length === 0 ? '' : `## Machine and versions\n\n${listed.join('\n')}\n`;
}

function targets(runs: readonly BenchRecord[]): string {
  const rows = runs.flatMap((run) =>
    withSubjects(run.figures)
      .filter(({ target, unit }) => target !== '' || unit === 'ratio')
      .map((row) => [row.name, measured(row), target(row), run.size, `\`${run.command}\``]),
  );
  if (rows.length === 0) return '';
  return `## Ratios and targets\n\n${table(['What', 'Measured', 'Target', 'Run', 'Command'], rows)}\n`;
}

/** An indented figure belongs to the one above it; away from it, it has to say of what it is. */
function withSubjects(figures: readonly Figure[]): Figure[] {
  let subject = '';
  return figures.map((figure) => {
    if (figure.name.startsWith(' ')) return { ...figure, name: `${subject}: ${figure.name.trim()}` };
    // "search by text: p50" and "C++ search, ef 32: p50" are both of what stands before the last colon.
    subject = figure.name.replace(/: [^:]*$/, '');
    return figure;
  });
}

function section(entry: BenchEntry, runs: readonly BenchRecord[], environments: readonly string[]): string {
  const done = runs.filter(({ error }) => error === null);
  const parts = done.map((run) => {
    const machine =
      environments.length > 1 ? `, machine ${environments.indexOf(environmentText(run)) + 1}` : '';
    const rows = run.figures.map((row) => [row.name, measured(row), target(row)]);
    return [
      `\`${run.command}\`: ${run.size}, ${run.date}, commit ${run.commit}, ${Math.round(run.seconds)} s${machine}.\n`,
      `${table(['Figure', 'Measured', 'Target'], rows)}\n`,
      ...run.plots.map((plot) => `![${plot.title}](benchmarks/${plotFile(run, plot)})\n`),
      run.notes.length === 0 ? '' : `${run.notes.map((note) => `- ${note}`).join('\n')}\n`,
    ]
      .filter((part) => part !== '')
      .join('\n');
  });
  return `## ${entry.title}\n\n${done[0]?.about ?? ''}\n\n${parts.join('\n')}`;
}

function couldNotRun(
  shown: readonly { readonly entry: BenchEntry; readonly runs: readonly BenchRecord[] }[],
): string {
  const lines = shown.flatMap(({ entry, runs }) =>
    runs.length === 0
      ? [`- ${entry.name}: has not run yet.`]
      : runs.flatMap(({ error, command, date, commit }) =>
          error === null
            ? []
            : [`- ${entry.name} **failed** on ${date}, commit ${commit} (\`${command}\`): ${oneLine(error)}`],
        ),
  );
  return lines.length === 0 ? '' : `## What could not run\n\n${lines.join('\n')}\n`;
}

function measured({ value, unit, holds }: Figure): string {
  const shown = `${readableNumber(value)}${unit === '' || unit === 'ratio' ? '' : ` ${unit}`}`;
  return holds === null ? shown : `**${shown}**`;
}

const signs: Readonly<Record<string, string>> = { '>=': '≥', '<=': '≤' };

function target({ target: wanted, holds }: Figure): string {
  if (holds === null) return '';
  const readable = wanted.replace(/^[<>]=/, (sign) => signs[sign] as string);
  return `${readable}: ${holds ? 'holds' : '**missed**'}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => oneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n');
}

const oneLine = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, '; ');
