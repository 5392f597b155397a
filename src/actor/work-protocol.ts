// The messages between a handle and its thread: our own small protocol, because the work path needs lanes, deadlines,
// transfer lists and four times the rate of an RPC library. Types only.

import type { Fault } from '../base/errors.ts';
import type { Lane } from './actor.ts';

export interface TaskMessage {
  readonly type: 'task';
  /** Unique for the handle, never used twice. */
  readonly id: number;
  readonly lane: Lane;
  /** Monotonic milliseconds; all threads share one time line. */
  readonly deadlineMs: number | null;
  /** Monotonic milliseconds of the ask: the wait before the handler starts is counted from here. */
  readonly askedMs: number;
  readonly name: string;
  readonly payload: unknown;
}

export type ToThread = TaskMessage | { readonly type: 'cancel'; readonly id: number };

/** Each task message is answered by exactly one outcome, cancelled ones too: the outcome gives the credit back. */
export type OutcomeMessage =
  | {
      readonly type: 'outcome';
      readonly id: number;
      readonly isOk: true;
      readonly value: unknown;
      readonly waitedMs: number;
      readonly workedMs: number;
    }
  | {
      readonly type: 'outcome';
      readonly id: number;
      readonly isOk: false;
      readonly fault: Fault;
      readonly waitedMs: number;
      readonly workedMs: number;
    };

/** What an actor counted since the last group. `labels` are few and bounded. */
export type MetricDelta =
  | {
      readonly type: 'count';
      readonly metric: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly by: number;
    }
  | {
      readonly type: 'observe';
      readonly metric: string;
      readonly labels: Readonly<Record<string, string>>;
      /** Each a duration in seconds. */
      readonly values: readonly number[];
    };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type FromThread =
  | OutcomeMessage
  | { readonly type: 'counts'; readonly deltas: readonly MetricDelta[] }
  | { readonly type: 'vitals'; readonly vitals: ThreadVitals }
  | { readonly type: 'log'; readonly level: LogLevel; readonly fields: object; readonly event: string };

/** How the thread itself is; sent about once a second. */
export interface ThreadVitals {
  readonly heapBytes: number;
  /** 99th percentile since the last report, beyond the sampling interval. */
  readonly eventLoopLagMs: number;
}
