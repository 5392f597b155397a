// An ActorContext without a thread: what an actor reports is kept, and waking it up is remembered.

import type { ActorContext, ActorLog, TaskContext } from '../../src/actor/actor.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly event: string;
}

export interface TestActorContext extends ActorContext {
  readonly lines: LogLine[];
  /** Native calls that were entered and not left. */
  readonly nativeCalls: { open: number; entered: number };
}

export function testActorContext(clock: Clock = systemClock): TestActorContext {
  const lines: LogLine[] = [];
  const nativeCalls = { open: 0, entered: 0 };
  const write = (level: LogLine['level']) => (fields: object, event: string) => {
    lines.push({ level, fields, event });
  };
  const log: ActorLog = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  return {
    name: 'index-0',
    clock,
    log,
    lines,
    nativeCalls,
    count: () => undefined,
    observe: () => undefined,
    progress: () => undefined,
    giveWay: () => undefined,
    enterNativeCall: () => {
      nativeCalls.open++;
      nativeCalls.entered++;
      return () => {
        nativeCalls.open--;
      };
    },
    wake: () => undefined,
  };
}

export function testTaskContext(options: Partial<TaskContext> = {}): TaskContext {
  return {
    lane: 'bulk',
    deadlineMs: null,
    signal: new AbortController().signal,
    giveWay: () => undefined,
    transfer: (reply) => reply,
    ...options,
  };
}
