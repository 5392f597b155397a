import { expect, test } from 'vitest';
import { TailRoom } from '../../../src/stages/index/tail-room.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const tailMax = 10_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A tail that is emptied at a steady rate, and a loader that always has the next batches ready. */
class LoadedTail {
  readonly clock = new ManualClock();
  pending = 0;
  /** Beside them. */
  cold = 0;
  admitted = 0;
  readonly room = new TailRoom({
    tailMax,
    pending: () => this.pending + this.cold,
    cold: () => this.cold,
    clock: this.clock,
  });

  async take(vectors: number): Promise<void> {
    const { signal } = new AbortController();
    const giveBack = await this.room.take({ vectors, signal, deadlineMs: null });
    this.pending += vectors;
    this.admitted += vectors;
    giveBack();
  }

  /** `perSecond` vectors leave; with `batch`, eight of them wait to come in all the while. */
  async run(ms: number, { perSecond, batch }: { perSecond: number; batch: number | null }): Promise<void> {
    const stepMs = 10;
    for (let at = 0; at < ms; at += stepMs) {
      while (batch !== null && this.room.waiting < 8) {
        void this.take(batch);
        await settled();
      }
      this.clock.advance(stepMs);
      this.pending = Math.max(0, this.pending - (perSecond * stepMs) / 1_000);
      this.room.release();
      await settled();
    }
  }
}

test('a burst may fill the tail, again and again', async () => {
  const tail = new LoadedTail();
  for (let burst = 1; burst <= 3; burst++) {
    for (let i = 0; i < 10; i++) void tail.take(1_000);
    await settled();
    expect(tail.admitted).toBe(burst * tailMax);
    void tail.take(1);
    await settled();
    expect(tail.room.waiting).toBe(1);
    await tail.run(6_000, { perSecond: 2_000, batch: null });
    // That one came in with the first that left.
    tail.admitted--;
  }
});

test.each([
  { batch: 1, perSecond: 3_000 },
  { batch: 128, perSecond: 3_000 },
  { batch: 128, perSecond: 400 },
  { batch: 1_000, perSecond: 3_000 },
  { batch: 2_500, perSecond: 3_000 },
])(
  'under a lasting load the queue shrinks, and half of what leaves comes in meanwhile: %o',
  async ({ batch, perSecond }) => {
    const tail = new LoadedTail();
    await tail.run(1_000, { perSecond, batch });
    expect(tail.pending).toBeGreaterThan(tailMax - 2 * batch - 31);
    const queueMax = Math.max(tailMax / 8, 2 * batch);
    for (let seconds = 0; tail.pending > queueMax; seconds += 10) {
      expect(seconds).toBeLessThan(60);
      const before = tail.admitted;
      await tail.run(10_000, { perSecond, batch });
      expect(tail.admitted - before).toBeGreaterThan(5 * perSecond - batch - 31);
    }
    const before = tail.admitted;
    await tail.run(20_000, { perSecond, batch });
    expect(tail.pending).toBeLessThanOrEqual(queueMax);
    expect(tail.admitted - before).toBeGreaterThan(20 * perSecond - 2 * batch - 31);
  },
);

test('vectors that nothing moves leave the others as much room as a load is given', async () => {
  const tail = new LoadedTail();
  tail.cold = 3_000;
  await tail.run(20_000, { perSecond: 3_000, batch: 500 });
  let before = tail.admitted;
  for (let second = 0; second < 10; second++) {
    await tail.run(1_000, { perSecond: 3_000, batch: 500 });
    expect(tail.pending).toBeLessThanOrEqual(tailMax / 8);
  }
  expect(tail.admitted - before).toBeGreaterThan(29_000);
  await tail.run(4_000, { perSecond: 3_000, batch: null });
  before = tail.admitted;
  for (let i = 0; i < 7; i++) void tail.take(1_000);
  await settled();
  expect(tail.admitted - before).toBe(7_000);
});

test('a pause in which nothing leaves takes no room away', async () => {
  const tail = new LoadedTail();
  for (let second = 0; second < 9; second++) {
    void tail.take(1_000);
    await tail.run(1_000, { perSecond: 0, batch: null });
  }
  expect(tail.admitted).toBe(9_000);
});

test('when a lasting load has ended and the tail is empty, the next burst may fill it', async () => {
  const tail = new LoadedTail();
  await tail.run(10_000, { perSecond: 3_000, batch: 128 });
  await tail.run(4_000, { perSecond: 3_000, batch: null });
  expect(tail.pending).toBe(0);
  const before = tail.admitted;
  for (let i = 0; i < 10; i++) void tail.take(1_000);
  await settled();
  expect(tail.admitted - before).toBe(tailMax);
});
