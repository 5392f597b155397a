// When to restart, how long to wait before it, and when a thread counts as stuck: by the manual clock alone.

import { describe, expect, test } from 'vitest';
import { ProgressWord } from '../../../src/actor/progress-word.ts';
import { RestartBackoff } from '../../../src/actor/restart-backoff.ts';
import { RestartIntensity } from '../../../src/actor/restart-intensity.ts';
import { Watchdog } from '../../../src/actor/watchdog.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('restart intensity', () => {
  test('is exceeded by one restart more than allowed within the period', () => {
    const intensity = new RestartIntensity({ restartsMax: 2, periodMs: 1_000 });
    expect([0, 100, 999].map((atMs) => intensity.isExceededBy(atMs))).toEqual([false, false, true]);
  });

  test('forgets what is older than the period', () => {
    const intensity = new RestartIntensity({ restartsMax: 2, periodMs: 1_000 });
    expect([0, 500, 1_000, 1_500].map((atMs) => intensity.isExceededBy(atMs))).toEqual(Array(4).fill(false));
  });
});

describe('backoff', () => {
  const limits = { initialMs: 100, maxMs: 1_000, jitter: 0.5 };

  test('doubles up to the maximum', () => {
    const backoff = new RestartBackoff(limits, () => 0);
    expect(Array.from({ length: 6 }, () => backoff.nextMs())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('adds at most its share of jitter', () => {
    const backoff = new RestartBackoff(limits, () => 0.999);
    expect(backoff.nextMs()).toBeCloseTo(149.95);
  });

  test('starts over only after a run that was long enough', () => {
    const backoff = new RestartBackoff(limits, () => 0);
    backoff.nextMs();
    backoff.noteRun(999);
    expect(backoff.nextMs()).toBe(200);
    backoff.noteRun(1_000);
    expect(backoff.nextMs()).toBe(100);
  });
});

describe('the watchdog', () => {
  function setUp() {
    const clock = new ManualClock();
    const progress = new ProgressWord();
    progress.enter('busy');
    const state = { hasWork: false, stuck: [] as number[] };
    const watchdog = new Watchdog({
      clock,
      progress,
      stuckAfterMs: 1_000,
      hasWork: () => state.hasWork,
      onStuck: (silentMs) => state.stuck.push(silentMs),
    });
    return { clock, progress, state, watchdog };
  }

  test('finds a busy thread without progress stuck, once', () => {
    const { clock, state } = setUp();
    clock.advance(999);
    expect(state.stuck).toEqual([]);
    clock.advance(60_000);
    expect(state.stuck).toEqual([1_000]);
  });

  test('is content with one unit of progress in each period', () => {
    const { clock, progress, state } = setUp();
    for (let round = 0; round < 20; round += 1) {
      clock.advance(900);
      progress.bump();
    }
    expect(state.stuck).toEqual([]);
  });

  test('lets an idle thread be, but not one that says idle with tasks in its hands', () => {
    const { clock, progress, state } = setUp();
    progress.enter('idle');
    clock.advance(100_000);
    expect(state.stuck).toEqual([]);
    state.hasWork = true;
    clock.advance(1_000);
    expect(state.stuck).toEqual([1_000]);
  });

  test('waits out a declared native call, and no longer', () => {
    const { clock, progress, state } = setUp();
    progress.enterNativeCall(clock, 30);
    clock.advance(30_999);
    expect(state.stuck).toEqual([]);
    clock.advance(1);
    expect(state.stuck).toHaveLength(1);
  });

  test('gives a thread that loads its modules a minute', () => {
    const { clock, progress, state } = setUp();
    progress.enter('booting');
    clock.advance(59_999);
    expect(state.stuck).toEqual([]);
    clock.advance(1);
    expect(state.stuck).toHaveLength(1);
  });

  test('does not hold a pause of the whole process against the thread', () => {
    const clock = new ManualClock();
    const progress = new ProgressWord();
    progress.enter('busy');
    let isStuck = false;
    const late = {
      nowMs: () => clock.nowMs() * 1_000,
      epochMs: () => 0,
      setTimer: clock.setTimer.bind(clock),
    };
    new Watchdog({
      clock: late,
      progress,
      stuckAfterMs: 1_000,
      hasWork: () => true,
      onStuck: () => {
        isStuck = true;
      },
    });
    clock.advance(250); // one check, 250 seconds late by this clock
    expect(isStuck).toBe(false);
  });

  test('sets no timer after it was stopped', () => {
    const { clock, watchdog } = setUp();
    watchdog.stop();
    expect(clock.timerCount).toBe(0);
  });
});
