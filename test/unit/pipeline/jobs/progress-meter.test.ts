import { expect, test } from 'vitest';
import { ProgressMeter } from '../../../../src/pipeline/jobs/progress-meter.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

test('the rate is that of the last half minute, and the remaining time follows from it', () => {
  const clock = new ManualClock();
  const meter = new ProgressMeter(clock, 0);
  let done = 0;
  const run = (seconds: number, perSecond: number) => {
    let read = meter.read(done, 10_000);
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      done += perSecond;
      read = meter.read(done, 10_000);
    }
    return read;
  };
  expect(run(1, 100)).toEqual({ ratePerSecond: 100, etaMs: 99_000 });
  expect(run(60, 10).ratePerSecond).toBe(10);
  expect(run(60, 0)).toEqual({ ratePerSecond: 0, etaMs: null });
});

test('a job that goes back to its checkpoint has no negative rate, and without a total no end is told', () => {
  const clock = new ManualClock();
  const meter = new ProgressMeter(clock, 500);
  clock.advance(1_000);
  expect(meter.read(300, null)).toEqual({ ratePerSecond: 0, etaMs: null });
  clock.advance(1_000);
  expect(meter.read(700, null)).toEqual({ ratePerSecond: 100, etaMs: null });
});
