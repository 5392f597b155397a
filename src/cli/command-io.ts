// What a command has of the world: its streams, its environment, its time and its signals. Passed in, so that a test
// can run any command inside its own process.

import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';

/** The part of a terminal or pipe that commands write to. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** Calls `listener` at each SIGINT and SIGTERM from now on; returns the way to stop it. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
  /** Ends the process at once: the answer to a second signal. */
  abandon(exitCode: number): void;
}

export const exitCodes = {
  done: 0,
  failed: 1,
  /** Wrong flags, arguments or settings: nothing was begun. */
  usage: 2,
  /** Ingest came to its end, and some documents were rejected. */
  rejections: 3,
  /** 128 + the signal's number, as shells expect it. */
  interrupted: 130,
  terminated: 143,
} as const;

/** One line for the person at the terminal, apart from the results on standard output. */
export function say(io: CommandIo, line: string): void {
  io.stderr.write(`kms: ${line}\n`);
}
