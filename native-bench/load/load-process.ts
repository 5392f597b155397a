// Starts the load generator for a bench and reads its report.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  argumentsOf,
  type IngestOptions,
  ingestArgumentsOf,
  type LoadOptions,
  type Pace,
  type RequestKind,
} from './load-options.ts';
import type { IngestReport, LoadReport } from './load-report.ts';

const generator = fileURLToPath(new URL('./load-generator.ts', import.meta.url));

export type LoadSettings = Pick<LoadOptions, 'address' | 'seconds'> &
  Partial<Omit<LoadOptions, 'mix' | 'pace'>> & {
    readonly pace: Pace;
    /** One kind, or several by weight. */
    readonly mix: RequestKind | Readonly<Partial<Record<RequestKind, number>>>;
    /** Failed requests are for the caller to look at. Default: they throw. */
    readonly mayFail?: boolean;
    /** Called when the generator is warm and its requests begin. */
    readonly onStart?: () => void;
  };

/** Loads and resolves with the report; throws when a request failed, because a fast failure is no latency. */
export async function runLoad(settings: LoadSettings): Promise<LoadReport> {
  const { mix, mayFail = false, onStart } = settings;
  const weights = typeof mix === 'string' ? { [mix]: 1 } : mix;
  const options: LoadOptions = {
    ...{
      warmUpRequests: 500,
      queriesPath: '',
      dimensions: 384,
      limit: 10,
      ef: 0,
      documents: 1,
      seed: 1,
      nice: 0,
      serverPid: 0,
    },
    ...settings,
    mix: new Map(Object.entries(weights) as [RequestKind, number][]),
  };
  const { finished } = await started<LoadReport>(argumentsOf(options));
  onStart?.();
  const report = await finished;
  if (!mayFail && Object.keys(report.errors).length > 0) {
    throw new Error(`requests failed under load: ${JSON.stringify(report.errors)}`);
  }
  return report;
}

export type IngestSettings = Pick<IngestOptions, 'address' | 'kind' | 'seed'> & Partial<IngestOptions>;

/** Resolves when documents are on their way, with a function that ends the load and gives its report. */
export async function startIngest(settings: IngestSettings): Promise<() => Promise<IngestReport>> {
  const documentsPerMessage = settings.kind === 'vectors' ? 128 : 64;
  // It stands for another machine: where cores are few, it must not take the engine's.
  const nice = 19;
  const options = {
    documentsPerSecond: 0,
    documentsPerMessage,
    seconds: 600,
    dimensions: 384,
    nice,
    ...settings,
  };
  const { child, finished } = await started<IngestReport>(ingestArgumentsOf(options));
  // A failure between is the one of `stop`.
  finished.catch(() => undefined);
  return async () => {
    child.kill('SIGTERM');
    return await finished;
  };
}

/** Resolves when the generator has prepared itself; `finished` rejects when it ends without a report. */
async function started<Report>(
  args: readonly string[],
): Promise<{ child: ChildProcess; finished: Promise<Report> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', generator, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the load generator ended early: ${args.join(' ')}`);
    return value as string;
  };
  await nextLine();
  return { child, finished: nextLine().then((line) => JSON.parse(line) as Report) };
}
