import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from '../../../../src/embedding/openai/token-bucket.ts';

interface Taken {
  readonly timeMs: number;
  readonly amount: number;
}

/** Asks for each amount in turn after a pause, waits as it is told, and takes. */
function take(
  perMinute: number,
  asks: readonly { readonly pauseMs: number; readonly amount: number }[],
): Taken[] {
  const bucket = new TokenBucket({ perMinute, nowMs: 0 });
  const taken: Taken[] = [];
  let nowMs = 0;
  for (const { pauseMs, amount } of asks) {
    nowMs += pauseMs;
    nowMs += bucket.waitMs(amount, nowMs);
    expect(bucket.waitMs(amount, nowMs)).toBe(0);
    bucket.take(amount, nowMs);
    taken.push({ timeMs: nowMs, amount });
  }
  return taken;
}

const asks = (amountMax: number) =>
  fc.array(fc.record({ pauseMs: fc.nat(20_000), amount: fc.integer({ min: 1, max: amountMax }) }), {
    minLength: 1,
    maxLength: 300,
  });

test('no minute ever has more than the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), asks(20), (perMinute, wishes) => {
      const capacity = new TokenBucket({ perMinute, nowMs: 0 }).capacity;
      const taken = take(
        perMinute,
        wishes.map((wish) => ({ ...wish, amount: Math.min(wish.amount, capacity) })),
      );
      for (const [start, { timeMs }] of taken.entries()) {
        const within = taken.slice(start).filter((each) => each.timeMs < timeMs + 60_000);
        expect(within.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(perMinute);
      }
    }),
  );
});

test('who always asks gets nearly all of the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), (perMinute) => {
      const taken = take(
        perMinute,
        Array.from({ length: 10 * perMinute }, () => ({ pauseMs: 0, amount: 1 })),
      );
      const minutes = (taken.at(-1)?.timeMs ?? 0) / 60_000;
      expect(taken.length / (perMinute * minutes)).toBeGreaterThan(0.96);
    }),
    { numRuns: 30 },
  );
});

test('an amount above the capacity waits for a full bucket and is paid back before the next', () => {
  const bucket = new TokenBucket({ perMinute: 1_000, nowMs: 0 });
  bucket.take(10 * bucket.capacity, 0);
  const waitMs = bucket.waitMs(1, 0);
  expect(waitMs).toBeGreaterThan((9 * bucket.capacity * 60_000) / 1_000 - 1);
  expect(bucket.waitMs(1, waitMs)).toBe(0);
});

test('without a limit nothing waits', () => {
  const bucket = new TokenBucket({ perMinute: 0, nowMs: 0 });
  bucket.take(1e12, 0);
  expect(bucket.waitMs(1e12, 0)).toBe(0);
});

test('what is given back can be taken again, and never fills above the capacity', () => {
  const bucket = new TokenBucket({ perMinute: 600, nowMs: 0 });
  bucket.take(bucket.capacity, 0);
  expect(bucket.waitMs(1, 0)).toBeGreaterThan(0);
  bucket.giveBack(1, 0);
  expect(bucket.waitMs(1, 0)).toBe(0);
  bucket.giveBack(1_000, 0);
  bucket.take(bucket.capacity, 0);
  expect(bucket.waitMs(1, 0)).toBeGreaterThan(0);
});
