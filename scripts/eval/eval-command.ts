// `npm run eval`: reads judged sets, judges a fresh engine by them, prints the figures and keeps them.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { KmsError } from '../../src/base/errors.ts';
import { errorDetails } from '../../src/grpc/client.ts';
import { evaluate, type SetResult } from './evaluation.ts';
import { terminalTable } from './figure-table.ts';
import { findSets } from './find-sets.ts';
import type { FusionFeatures, SetFeatures } from './fusion-features.ts';
import { Progress, type TextSink } from './progress.ts';
import { writeReport } from './quality-report.ts';
import { leftOutTable, retrievalTable, vectorTable } from './result-tables.ts';
import { type Mode, methodsOf, modes, optionsOf } from './search-methods.ts';

export interface EvalIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

interface EvalOptions {
  readonly data: string;
  readonly set: readonly string[];
  readonly mode: readonly Mode[];
  readonly setting: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly json?: string;
  readonly dump?: string;
  readonly leaveOneOut: boolean;
  /** `true`: not given; `false`: --no-report. */
  readonly report: string | boolean;
}

const reportPathDefault = fileURLToPath(new URL('../../docs/quality.md', import.meta.url));

/** Runs one command line (without node and script). Resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runEval(args: readonly string[], io: EvalIo): Promise<number> {
  try {
    await createCommand(io).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // commander has printed its own message, and --help arrives here with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr.write(`eval: ${messageOf(error)}\n`);
    return 1;
  }
}

function createCommand(io: EvalIo): Command {
  return new Command('npm run eval --')
    .description(
      'Judges search quality: loads judged sets into a fresh engine, asks every query, and compares.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .requiredOption('--data <folder>', 'where the judged sets are: a folder of sets, or one set')
    .option('--set <name...>', 'only these sets', [])
    .addOption(
      new Option('--mode <mode...>', 'only these modes').choices(modes).default([], 'all, and fixed fusions'),
    )
    .addOption(
      new Option(
        '--setting <NAME=value>',
        'a setting of the engine, such as KMS_HNSW_EF=200; may be repeated',
      )
        .default({}, 'none')
        .argParser(readSetting),
    )
    .addOption(
      new Option('--seed <number>', 'of the resamples and the draws').default(42).argParser(readSeed),
    )
    .addOption(
      new Option('--leave-one-out', 'also judge fusion on each set with parameters fitted on the other sets')
        .default(false)
        .conflicts('mode'),
    )
    .option('--json <file>', 'write all figures as JSON')
    .option(
      '--dump <file>',
      'write what fusion sees of each query, with the judgements, as JSON: for fitting it',
    )
    .addOption(
      new Option('--report <file>', 'write the tables between the marks of this file').default(
        true,
        'docs/quality.md, of a run over all',
      ),
    )
    .option('--no-report', 'leave docs/quality.md alone')
    .addHelpText('after', layoutHelp)
    .action((options: EvalOptions) => run(options, io));
}

const layoutHelp = `
A set is a folder in the data folder; its files say what it is:
  NAME/corpus.jsonl      {"_id": "d1", "title": "...", "text": "..."}     documents, one a line
  NAME/queries.jsonl     {"_id": "q1", "text": "..."}                     queries, one a line
  NAME/qrels/test.tsv    q1<tab>d1<tab>1                                  judgements; above 0 is relevant, more is more
  NAME/info.json         {"exclude_self": true}                           optional: queries stand in the corpus under their id
or, to judge vectors alone:
  NAME/train.csv, NAME/test.csv   a first line text,category, then a text and its label a line (classification)
  NAME/<any>-test.csv             two sentences and a number a line, no first line of names (similarity)

Examples:
  npm run eval -- --data ../shared/data --leave-one-out
  npm run eval -- --data ../shared/data --set cacm --mode hybrid --json cacm.json`;

async function run(options: EvalOptions, io: EvalIo): Promise<void> {
  const sets = findSets(options.data, options.set);
  const features: SetFeatures[] = [];
  const evaluation = await evaluate({
    sets,
    methods: methodsOf(options.mode),
    options: optionsOf(options.mode),
    settings: options.setting,
    seed: options.seed,
    progress: new Progress(io.stderr),
    onResult: (result) => show(result, io),
    isLeftOut: options.leaveOneOut,
    onFeatures: options.dump === undefined ? null : (set) => features.push(set),
  });
  if (options.dump !== undefined) {
    const dump: FusionFeatures = { sets: features };
    await writeFile(options.dump, JSON.stringify(dump));
  }
  const leftOut = leftOutTable(evaluation.leftOut);
  if (leftOut !== null) io.stdout.write(`\n${terminalTable(leftOut)}`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(evaluation, null, 2)}\n`);
  const reportPath = reportPathOf(options);
  if (reportPath !== null) await writeReport(reportPath, evaluation);
}

/** A partial run does not replace the figures of a whole one unless it is told to. */
function reportPathOf({ report, set, mode, setting }: EvalOptions): string | null {
  if (typeof report === 'string') return report;
  const isWhole = set.length === 0 && mode.length === 0 && Object.keys(setting).length === 0;
  return report && isWhole ? reportPathDefault : null;
}

function show(result: SetResult, { stdout }: EvalIo): void {
  const table = result.type === 'retrieval' ? retrievalTable(result) : vectorTable([result]);
  if (table !== null) stdout.write(`\n${terminalTable(table)}`);
}

function messageOf(error: unknown): string {
  const status = errorDetails(error);
  if (status !== null) {
    const violations = status.violations.map(({ field, description }) => `${field} ${description}`);
    return ['the engine answered:', status.message, ...violations].join(' ');
  }
  if (error instanceof KmsError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function readSetting(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^(KMS_[A-Z0-9_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('must be KMS_NAME=value');
  return { ...before, [name]: value };
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed > 0xffffffff)
    throw new InvalidArgumentError('must be a whole number, 0..4294967295');
  return seed;
}
