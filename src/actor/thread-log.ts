// The log of an actor's thread: lines travel to the main thread's logger, so that one destination has one writer.

import { toFault } from '../base/errors.ts';
import type { ActorLog } from './actor.ts';
import type { FromThread, LogLevel } from './work-protocol.ts';

export function threadLog(post: (message: FromThread) => void): ActorLog {
  const send = (level: LogLevel) => (fields: object, event: string) =>
    post({ type: 'log', level, fields: cloneableFields(fields), event });
  return { debug: send('debug'), info: send('info'), warn: send('warn'), error: send('error') };
}

/** Errors become faults, and what cannot be cloned becomes text: a log line must never bring its thread down. */
function cloneableFields(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cloneable(value)]));
}

function cloneable(value: unknown): unknown {
  if (value instanceof Error) return toFault(value);
  try {
    return structuredClone(value);
  } catch (error) {
    return `not cloneable: ${String(error)}`;
  }
}
