import { expect, test } from 'vitest';
import { TailRoom } from '../../../src/stages/index/tail-room.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const tailMax = 10_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A tail that is emptied at a steady rate, and a loader that always has the next batches ready. */
class LoadedTail {
  readonly clock = new ManualClock();
  pending = 0;
  admitted = 0;
  readonly room = new TailRoom({ tailMax, pending: () => this.pending, clock: this.clock });

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

test.each([1, 128, 1_000, 2_500])(
  'under a lasting load of batches of %i the queue shrinks, and never stops',
  async (batch) => {
    const tail = new LoadedTail();
    await tail.run(1_000, { perSecond: 3_000, batch });
    expect(tail.pending).toBeGreaterThan(tailMax - 2 * batch - 31);
    for (let half = 0; half < 12; half++) {
      const before = tail.admitted;
      await tail.run(500, { perSecond: 3_000, batch });
      // 1,500 leave in that time; while the bound goes down by 1,094, the difference comes in.
      if (batch <= 128) expect(tail.admitted - before).toBeGreaterThan(250);
    }
    expect(tail.pending).toBeLessThanOrEqual(Math.max(tailMax / 8, 2 * batch));
    const [admitted, ms] = [tail.admitted, 20_000];
    await tail.run(ms, { perSecond: 3_000, batch });
    expect(tail.pending).toBeLessThanOrEqual(Math.max(tailMax / 8, 2 * batch));
    expect(tail.admitted - admitted).toBeGreaterThan((3_000 * ms) / 1_000 - 2 * batch - 31);
    await tail.run(10_000, { perSecond: 3_000, batch: null });
    expect(tail.room.waiting).toBe(0);
  },
);

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
