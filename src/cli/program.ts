// The `kms` command line: puts the commands together, runs one, and turns whatever happens into an exit code and, when
// it failed, one clear line.

import { Command, CommanderError } from 'commander';
import { KmsError } from '../base/errors.ts';
import { type CommandIo, exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { safeLine } from './safe-text.ts';
import { addServeCommand, type EngineFactory, serveName } from './serve-command.ts';

export interface ProgramOptions {
  readonly io: CommandIo;
  readonly version: string;
  /** Builds the engine for `kms serve`. */
  readonly createEngine: EngineFactory;
}

/** Runs one command line (without node and script). Resolves with the exit code; never rejects. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<number> {
  const { io } = options;
  let exitCode: number = exitCodes.done;
  const runner: CommandRunner = {
    run: async (action) => {
      exitCode = await action(io);
    },
    withEngine: async (clientOptions, action) => {
      const { Connection } = await import('./connection.ts');
      const connection = new Connection(clientOptions.address, clientOptions.timeout, io.clock);
      try {
        exitCode = await action(connection, io);
      } finally {
        connection.close();
      }
    },
  };
  try {
    const program = createProgram(options, runner);
    // The engine starts without what its clients need; everything else may name any command.
    if (args[0] !== serveName) (await import('./client-commands.ts')).addClientCommands(program, runner);
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(io, error);
  }
}

function createProgram({ io, version, createEngine }: ProgramOptions, runner: CommandRunner): Command {
  const program = new Command('kms')
    .description(
      'Finds support cases and knowledge articles by their meaning and their words: an engine, and the commands to feed and ask it.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help shows what is possible)')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'kms: ')),
    })
    .addHelpText(
      'after',
      `
A first round:
  kms serve &                               # the engine, on 127.0.0.1:50051
  kms ingest cases.jsonl                    # documents in: JSON Lines, CSV or a folder
  kms search "cannot log in after update"   # and found again

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 finished with rejected documents, 130 and 143 interrupted.
Every command has its own --help with examples.`,
    );
  addServeCommand(program, runner, createEngine);
  return program;
}

/** One line, and one for each field that is wrong; a stack only for what nobody foresaw. */
function report(io: CommandIo, error: unknown): number {
  // commander has printed its own message, and `--help` and `--version` arrive here with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof KmsError) {
    say(io, safeLine(error.message));
    for (const { field, description } of error.violations)
      io.stderr.write(`  ${safeLine(field)}: ${safeLine(description)}\n`);
    return exitCodes.failed;
  }
  const { code, path, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOSPC' || code === 'EROFS') {
    const what = { ENOENT: 'does not exist', EACCES: 'may not be accessed', EISDIR: 'is a folder' }[
      code as string
    ];
    say(io, `${safeLine(path ?? '')} ${what ?? `cannot be written (${code})`}`);
  } else {
    say(io, `unexpected fault: ${stack ?? message ?? String(error)}`);
  }
  return exitCodes.failed;
}
