// The two ways a load is sent. Open: requests come at random moments, as they do from many independent clients, and
// each is timed from the moment it was due; so an answer that is slow does not keep later ones from being counted as
// late as their clients would find them (the "coordinated omission" of closed loops, which measure only as often as
// they are answered). Closed: a fixed number is always under way, which finds the highest throughput.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RequestKind } from './load-options.ts';

/** Milliseconds on the clock that all threads of this process share. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

export interface LoadRequest {
  readonly kind: RequestKind;
  /** Resolves when it is answered. */
  readonly send: () => Promise<unknown>;
}

/** What is told of each request. */
export interface Sent {
  readonly kind: RequestKind;
  /** From when it was due (open) or sent (closed) until it was answered. */
  readonly latencyMs: number;
  /** How late it left; 0 in a closed loop. */
  readonly latenessMs: number;
  readonly error: unknown;
}

/** A server that answers nothing must not take this process's memory: what is due beyond it fails at once. */
export const pendingMax = 10_000;
const leadMs = 50;

/** Resolves when all are answered. */
export async function openLoop(
  load: { readonly perSecond: number; readonly seconds: number; readonly random: () => number },
  next: () => LoadRequest,
  onSent: (sent: Sent) => void,
): Promise<void> {
  const dueMs = poissonArrivals(load, nowMs() + leadMs);
  const pending = new Set<Promise<void>>();
  const start = (due: number) => {
    const { kind, send } = next();
    const latenessMs = nowMs() - due;
    if (pending.size >= pendingMax) {
      onSent({ kind, latencyMs: latenessMs, latenessMs, error: new Error('too many requests unanswered') });
      return;
    }
    const one = settled(send).then((error) => {
      pending.delete(one);
      onSent({ kind, latencyMs: nowMs() - due, latenessMs, error });
    });
    pending.add(one);
  };
  const pacer = new Worker(new URL('./arrivals.thread.mjs', import.meta.url), { workerData: { dueMs } });
  let started = 0;
  pacer.on('message', (due: number) => {
    while (started < due) start(dueMs[started++] as number);
  });
  await once(pacer, 'exit');
  while (started < dueMs.length) start(dueMs[started++] as number);
  await Promise.all(pending);
}

/** Moments from `startMs` on, with exponential gaps of mean 1 / perSecond. */
function poissonArrivals(
  { perSecond, seconds, random }: { perSecond: number; seconds: number; random: () => number },
  startMs: number,
): Float64Array {
  const moments: number[] = [];
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random()) * 1_000) / perSecond;
    if (at >= seconds * 1_000) return Float64Array.from(moments);
    moments.push(startMs + at);
  }
}

/** Keeps `inFlight` requests under way until the time or the requests are used up, and resolves when all are answered. */
export async function closedLoop(
  load: { readonly inFlight: number; readonly seconds: number; readonly requestsMax?: number },
  next: () => LoadRequest,
  onSent: (sent: Sent) => void,
): Promise<void> {
  const endMs = nowMs() + load.seconds * 1_000;
  let left = load.requestsMax ?? Number.POSITIVE_INFINITY;
  const lane = async () => {
    while (left-- > 0) {
      const { kind, send } = next();
      const startMs = nowMs();
      if (startMs >= endMs) return;
      const error = await settled(send);
      onSent({ kind, latencyMs: nowMs() - startMs, latenessMs: 0, error });
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, lane));
}

/** What went wrong, or null. */
async function settled(send: LoadRequest['send']): Promise<unknown> {
  try {
    await send();
    return null;
  } catch (error) {
    return error ?? new Error('rejected without a reason');
  }
}
