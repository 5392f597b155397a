// JSON lines on standard output, fields first and then the event. Document text and keys never get into a line: the
// fields that could hold them are cut out even if somebody passes a whole document by mistake. Counts of such things
// (`vectors: 435`) stay.

import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { KmsError } from '../base/errors.ts';

export type Log = Logger;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const secretFields = [
  'title',
  'body',
  'text',
  'texts',
  'snippet',
  'query',
  'attributes',
  'embedding',
  'vector',
  'vectors',
  'apiKey',
  'authorization',
  'password',
];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which thread writes; actors' lines come through the main thread and carry `actor` (src/actor/thread-log.ts). */
  readonly thread: string;
  /** Where lines go; default: file descriptor 1. */
  readonly sink?: DestinationStream;
}

/**
 * The log of the process. Writing is synchronous, so that the last lines before a crash are there; a line costs some
 * 10 µs, and there are few.
 */
export function createLogger(options: LoggerOptions): Log {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      level: options.level,
      base: { thread: options.thread },
      redact: { paths, censor },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { error: describeError, err: describeError },
    },
    options.sink ?? destination({ fd: 1, sync: true }),
  );
}

function censor(value: unknown): unknown {
  return typeof value === 'number' ? value : '[redacted]';
}

/** An error as fields: a KmsError by code and facts, anything else with its stack. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const known =
    error instanceof KmsError
      ? { code: error.code, facts: error.facts, violations: error.violations }
      : { name: error.name, stack: error.stack };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { message: error.message, ...known, ...cause };
}
