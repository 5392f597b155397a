// `npm run bench`, see `usage`. Each bench runs in a process of its own; what it finds is printed, kept in
// docs/benchmarks/results.json, and shown by docs/benchmarks.md.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchReport } from './report/bench-child.ts';
import { type BenchEntry, benches } from './report/bench-list.ts';
import { type BenchRecord, figureList } from './report/bench-results.ts';
import { keepRecord, writePages } from './report/benchmarks-folder.ts';
import { type BenchSize, readableNumber } from './report/figure.ts';
import { commit, environment } from './report/machine.ts';

const usage = `npm run bench -- [NAME...] [options]        short: all of it in about ten minutes
npm run bench:full -- [NAME...] [options]   the sizes of the targets, for a quiet machine; takes hours

  --json FILE  also write the figures: a list of {name, value, unit, target, holds, command}
  --no-docs    leave docs/benchmarks.md and what it is made from alone
  --pages      only make the pages anew from docs/benchmarks/results.json
  --list       the names of the benches
  --help       this text

Without names all of them run. The exit status is 1 when a bench failed, not when a target is missed.`;

const child = fileURLToPath(new URL('./report/bench-child.ts', import.meta.url));
let running: ChildProcess | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running?.kill('SIGTERM');
    process.exit(130);
  });
}

/** Variables that change what a bench does belong to its command. */
function commandOf(name: string, size: BenchSize): string {
  const settings = Object.entries(process.env).filter(([variable]) => variable.startsWith('KMS_BENCH_'));
  const script = size === 'full' ? 'bench:full' : 'bench';
  return [
    ...settings.map(([variable, value]) => `${variable}=${value}`),
    `npm run ${script} -- ${name}`,
  ].join(' ');
}

/** The bench's own report; a process that dies or takes too long has failed. */
async function reportOf({ name, minutesMax }: BenchEntry, size: BenchSize): Promise<BenchReport> {
  const bench = spawn(process.execPath, ['--import', 'tsx', child, name, size], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced', // JSON would make null of a figure that is not a number
  });
  running = bench;
  let report: BenchReport | null = null;
  bench.on('message', (message) => {
    report = message as BenchReport;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    bench.kill('SIGTERM');
  }, minutesMax[size] * 60_000);
  const [code, signal] = (await once(bench, 'exit')) as [number | null, string | null];
  clearTimeout(timer);
  running = null;
  const fate = isLate ? `took more than ${minutesMax[size]} minutes` : `ended with ${code ?? signal}`;
  return report ?? { type: 'failed', error: `the bench ${fate} before it had an outcome` };
}

async function recordOf(entry: BenchEntry, size: BenchSize): Promise<BenchRecord> {
  const startMs = performance.now();
  const date = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const startCommit = commit();
  const report = await reportOf(entry, size);
  const { figures, plots = [], notes = [] } = report.type === 'done' ? report.outcome : { figures: [] };
  return {
    bench: entry.name,
    size,
    command: commandOf(entry.name, size),
    date,
    seconds: (performance.now() - startMs) / 1000,
    commit: startCommit,
    environment: environment(),
    about: report.type === 'done' ? report.about : '',
    figures,
    plots,
    notes,
    error: report.type === 'failed' ? report.error : null,
  };
}

function print({ figures, notes, seconds, error }: BenchRecord): void {
  for (const { name, value, unit, target, holds } of figures) {
    const verdict = holds === null ? '' : `target ${target}: ${holds ? 'holds' : 'MISSED'}`;
    console.log(
      `  ${name.padEnd(66)} ${readableNumber(value).padStart(10)} ${unit.padEnd(8)} ${verdict}`.trimEnd(),
    );
  }
  for (const note of notes) console.log(`  (${note})`);
  console.log(
    error === null ? `  ${seconds.toFixed(0)} s` : `  FAILED after ${seconds.toFixed(0)} s: ${error}`,
  );
}

async function runAll(
  chosen: readonly BenchEntry[],
  size: BenchSize,
  hasDocs: boolean,
): Promise<BenchRecord[]> {
  const records: BenchRecord[] = [];
  for (const [i, entry] of chosen.entries()) {
    console.log(`[${i + 1}/${chosen.length}] ${entry.name} (${size})`);
    const record = await recordOf(entry, size);
    print(record);
    // At once: a later bench that is interrupted takes nothing away.
    if (hasDocs) keepRecord(record);
    records.push(record);
  }
  return records;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
    'no-docs': { type: 'boolean', default: false },
    pages: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (values.help) console.log(usage);
else if (values.pages) writePages();
else if (values.list) for (const { name, title } of benches) console.log(`${name.padEnd(20)} ${title}`);
else if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(', ')}; --list names them`);
  process.exitCode = 2;
} else {
  const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const records = await runAll(chosen, values.full ? 'full' : 'short', !values['no-docs']);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(figureList(records), null, 2)}\n`);
  const failed = records.filter(({ error }) => error !== null).map(({ bench }) => bench);
  const missed = records.flatMap(({ figures }) => figures.filter(({ holds }) => holds === false)).length;
  console.log(
    `${records.length - failed.length} benches ran, ${failed.length} failed; ${missed} targets missed`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
