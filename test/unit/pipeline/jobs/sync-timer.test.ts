import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '../../../../src/observability/logger.ts';
import { SyncTimer } from '../../../../src/pipeline/jobs/sync-timer.ts';
import type { SyncSource } from '../../../../src/sources/sync-source.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemorySource } from '../../../support/memory-source.ts';

const minuteMs = 60_000;
const settleMs = 1_000;

function timed(source: SyncSource, syncedMsAgo: number | null) {
  const clock = new ManualClock();
  const driver = { clock, syncs: 0, isBusy: false };
  const timer = new SyncTimer({
    source,
    clock,
    log: createLogger({ level: 'silent', thread: 'main' }),
    syncedTimeMs: syncedMsAgo === null ? null : clock.epochMs() - syncedMsAgo,
    sync: () => {
      if (driver.isBusy) return false;
      driver.syncs += 1;
      return true;
    },
  });
  onTestFinished(() => timer.stop());
  timer.start();
  return { timer, driver, clock };
}

test('a source that was never read is due at once, and then an interval after each end', () => {
  const { timer, driver, clock } = timed(new MemorySource('a', { everyMs: 30 * minuteMs }), null);
  clock.advance(0);
  expect(driver.syncs).toBe(1);
  clock.advance(40 * minuteMs); // it runs for so long
  expect(driver.syncs).toBe(1);
  timer.noteEnd();
  expect(timer.nextTimeMs).toBe(clock.epochMs() + 30 * minuteMs);
  clock.advance(30 * minuteMs);
  expect(driver.syncs).toBe(2);
});

test('after a restart a source is due when its interval is over, not at once', () => {
  const { driver, clock } = timed(new MemorySource('a', { everyMs: 30 * minuteMs }), 20 * minuteMs);
  clock.advance(9 * minuteMs);
  expect(driver.syncs).toBe(0);
  clock.advance(minuteMs);
  expect(driver.syncs).toBe(1);
});

test('an interval longer than a timer of Node can hold is kept', () => {
  const everyMs = 40 * 24 * 60 * minuteMs;
  const { driver, clock } = timed(new MemorySource('a', { everyMs }), 0);
  clock.advance(everyMs - 1);
  expect(driver.syncs).toBe(0);
  clock.advance(1);
  expect(driver.syncs).toBe(1);
});

test('a burst of changes is one sync, and a change during a sync another one after it', async () => {
  const source = new MemorySource('a', { isWatched: true });
  const { timer, driver, clock } = timed(source, 0);
  await Promise.resolve(); // the watch is set
  for (let i = 0; i < 10; i++) source.upsert('1', `version ${i}`);
  expect(driver.syncs).toBe(0);
  clock.advance(settleMs);
  expect(driver.syncs).toBe(1);
  driver.isBusy = true;
  source.upsert('1', 'late');
  clock.advance(settleMs);
  expect(driver.syncs).toBe(1);
  driver.isBusy = false;
  timer.noteEnd();
  clock.advance(settleMs);
  expect(driver.syncs).toBe(2);
  timer.noteEnd();
  clock.advance(60 * minuteMs);
  expect(driver.syncs).toBe(2);
});

test('a stopped timer starts nothing', async () => {
  const source = new MemorySource('a', { everyMs: minuteMs, isWatched: true });
  const { timer, driver, clock } = timed(source, 0);
  source.upsert('1', 'x');
  await timer.stop();
  timer.noteEnd();
  clock.advance(60 * minuteMs);
  expect(driver.syncs).toBe(0);
  expect(clock.timerCount).toBe(0);
});
