#!/usr/bin/env node
// The `kms` process: real streams, time and signals for the commands, and the engine for `kms serve`.

import { readFileSync } from 'node:fs';
import { systemClock } from './base/clock.ts';
import type { CommandIo } from './cli/command-io.ts';
import { runProgram } from './cli/program.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

const io: CommandIo = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  clock: systemClock,
  random: Math.random,
  onSignal(listener) {
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  abandon: (exitCode) => process.exit(exitCode),
};

// `kms search … | head` closes our output early, which is its right and no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// The clock's timers do not keep a process alive, and a wait between two attempts may be all that is going on.
const keepAlive = setInterval(() => undefined, 2 ** 30);
process.exitCode = await runProgram(process.argv.slice(2), {
  io,
  version,
  // Loaded only when asked for: the other commands should not wait for an inference library they never use.
  createEngine: async (parts) => (await import('./engine.ts')).createEngine(parts),
});
clearInterval(keepAlive);
// A pending read of a terminal or pipe would keep the process waiting for input that nobody wants.
process.stdin.destroy();
