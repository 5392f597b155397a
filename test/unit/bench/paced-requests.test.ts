import { describe, expect, it } from 'vitest';
import {
  closedLoop,
  nowMs,
  openLoop,
  pendingMax,
  type Sent,
} from '../../../native-bench/load/paced-requests.ts';
import { deferred } from '../../../src/base/deferred.ts';
import { randomFrom } from '../../support/random.ts';

describe('an open loop', () => {
  it('times a request from when it was due, not from when a stalled generator could send it', async () => {
    const stallMs = 200;
    const sent: Sent[] = [];
    let isStalled = false;
    const send = () => {
      // A stall as a garbage collection is: nothing of this process runs.
      for (const endMs = nowMs() + stallMs; !isStalled && nowMs() < endMs; );
      isStalled = true;
      return Promise.resolve();
    };
    await openLoop(
      { perSecond: 1_000, seconds: 0.05, random: randomFrom(1) },
      () => ({ kind: 'health', send }),
      (one) => sent.push(one),
    );

    // In the order of sending: the first is the one that stalls.
    const [first, ...others] = sent;
    expect(first?.latencyMs).toBeGreaterThanOrEqual(stallMs);
    // All were due within 50 ms, so each of them waited for the rest of the stall.
    for (const { latencyMs, latenessMs } of others) {
      expect(latencyMs).toBeGreaterThanOrEqual(latenessMs);
      expect(latenessMs).toBeGreaterThan(stallMs - 60);
    }
    expect(others.length).toBeGreaterThan(20);
  });

  it('sends as many as come at that rate, whatever becomes of them', async () => {
    const counts = { sent: 0, failed: 0 };
    await openLoop(
      { perSecond: 4_000, seconds: 0.1, random: randomFrom(2) },
      () => ({ kind: 'get', send: () => Promise.reject(new Error('no')) }),
      ({ error }) => {
        counts.sent++;
        if (error !== null) counts.failed++;
      },
    );
    // 400 are expected; a Poisson count is within five of its standard deviations, 20.
    expect(counts.sent).toBeGreaterThan(300);
    expect(counts.sent).toBeLessThan(500);
    expect(counts.failed).toBe(counts.sent);
  });

  it('fails what is due while too many are unanswered, instead of holding it', async () => {
    const gate = deferred<void>();
    let underWay = 0;
    let refused = 0;
    await openLoop(
      { perSecond: 150_000, seconds: 0.1, random: randomFrom(3) },
      () => ({
        kind: 'vector',
        send: () => {
          underWay++;
          return gate.promise;
        },
      }),
      ({ error }) => {
        if (error === null) return;
        refused++;
        gate.resolve();
      },
    );
    expect(refused).toBeGreaterThan(0);
    expect(underWay).toBeGreaterThanOrEqual(pendingMax);
  });
});

describe('a closed loop', () => {
  it('has exactly so many under way, and sends no more than it is told', async () => {
    let underWay = 0;
    let highest = 0;
    let answered = 0;
    const send = async () => {
      underWay++;
      highest = Math.max(highest, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
    };
    await closedLoop(
      { inFlight: 7, seconds: 60, requestsMax: 100 },
      () => ({ kind: 'vector', send }),
      () => {
        answered++;
      },
    );
    expect({ highest, answered }).toEqual({ highest: 7, answered: 100 });
  });
});
