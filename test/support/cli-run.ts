// Runs a `kms` command line inside the test's process, with captured output and signals that the test sends.

import { Readable } from 'node:stream';
import { systemClock } from '../../src/base/clock.ts';
import type { CommandIo } from '../../src/cli/command-io.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { EngineFactory } from '../../src/cli/serve-command.ts';

export interface CliRun {
  /** Resolves with the exit code. */
  readonly exited: Promise<number>;
  readonly abandoned: number[];
  stdout(): string;
  stderr(): string;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
}

export interface CliRunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Readable;
  readonly createEngine?: EngineFactory;
  /** Standard output is a terminal of this width. */
  readonly terminalColumns?: number;
}

export function startCli(args: readonly string[], options: CliRunOptions = {}): CliRun {
  const out: string[] = [];
  const err: string[] = [];
  const abandoned: number[] = [];
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
  const columns = options.terminalColumns;
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const io: CommandIo = {
    stdin: options.stdin ?? Readable.from([]),
    stdout: { write: (text) => out.push(text), ...terminal },
    stderr: { write: (text) => err.push(text) },
    env: options.env ?? {},
    clock: systemClock,
    random: () => 0,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    abandon: (exitCode) => abandoned.push(exitCode),
  };
  const createEngine: EngineFactory =
    options.createEngine ??
    (() => {
      throw new Error('this test starts no engine');
    });
  return {
    exited: runProgram(args, { io, version: '1.2.3', createEngine }),
    abandoned,
    stdout: () => out.join(''),
    stderr: () => err.join(''),
    signal: (name) => {
      for (const listener of [...listeners]) listener(name);
    },
  };
}

/** Runs to the end. */
export async function cli(
  args: readonly string[],
  options: CliRunOptions = {},
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const run = startCli(args, options);
  return { exitCode: await run.exited, stdout: run.stdout(), stderr: run.stderr() };
}
