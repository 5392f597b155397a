// What every handler needs, and what is the same at the start of every call.

import type { ServiceError } from '@grpc/grpc-js';
import type { ActorLog } from '../actor/actor.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { CallOptions, EngineApi } from '../pipeline/engine-api.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';
import { logFault, toServiceError } from './status.ts';
import type { DimensionsOf } from './wire-vector.ts';

export interface RpcHost {
  readonly engine: EngineApi;
  readonly clock: Clock;
  readonly log: ActorLog;
  readonly metrics: GrpcMetrics;
  /** Bytes of requests that all calls hold together. */
  readonly budget: ByteBudget;
  /** Messages of one ingest stream that are worked on at once. */
  readonly ingestStreamMessages: number;
  /** Aborted when the server drains: streams finish what they hold and end. */
  readonly drainSignal: AbortSignal;
}

/** How long a vector has to be that goes to these collections, by what serves them now. */
export function dimensionsIn(engine: EngineApi): DimensionsOf {
  return (collections) => engine.spaceOf(collections).dimensions;
}

/** Throws `deadline_exceeded` for a call that came too late, before any work is spent on it. */
export function checkDeadline({ deadlineMs }: CallOptions, clock: Clock): void {
  if (deadlineMs !== null && deadlineMs <= clock.nowMs()) {
    throw new KmsError('deadline_exceeded', 'the deadline passed before the call arrived');
  }
}

/** Throws `unavailable` until the replay is done, and when the engine drains. */
export function checkReady(host: RpcHost): void {
  const { state } = host.engine.readiness;
  if (state === 'ready' && !host.drainSignal.aborted) return;
  throw new KmsError('unavailable', `the engine is ${state === 'ready' ? 'draining' : state}`, {
    facts: { state },
  });
}

/** Ends a failed call: the log gets the whole story, the client what concerns it. */
export function failureOf(host: RpcHost, method: string, error: unknown): ServiceError {
  logFault(host.log, method, error);
  return toServiceError(error);
}
