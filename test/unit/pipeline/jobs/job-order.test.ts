// Whose turn it is: weights, bounds, and that nobody waits for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job, JobPriority } from '../../../../src/model/job.ts';
import { jobPriorities } from '../../../../src/model/job.ts';
import { FairSlots } from '../../../../src/pipeline/jobs/fair-slots.ts';
import { JobQueue } from '../../../../src/pipeline/jobs/job-queue.ts';
import { WeightedChoice } from '../../../../src/pipeline/jobs/weighted-choice.ts';

let count = 0;
function job(priority: JobPriority, source = `source-${++count}`): Job {
  return {
    id: String(++count).padStart(6, '0'),
    task: { type: 'sync', source, mode: 'incremental' },
    state: 'queued',
    priority,
    createdTimeMs: 0,
    startedTimeMs: null,
    endedTimeMs: null,
    progress: {
      read: 0,
      unchanged: 0,
      indexed: 0,
      deleted: 0,
      rejected: 0,
      total: null,
      ratePerSecond: 0,
      etaMs: null,
    },
    plan: null,
    fault: null,
    attempts: 0,
  };
}

test('turns are shared by weight: 8 to 4 to 1', () => {
  const choice = new WeightedChoice();
  const turns = { high: 0, normal: 0, low: 0 };
  for (let round = 0; round < 130; round++) {
    const chosen = choice.choose(new Set(jobPriorities));
    if (chosen !== null) turns[chosen] += 1;
  }
  expect(turns).toEqual({ high: 80, normal: 40, low: 10 });
});

test('whoever waits is chosen within thirteen rounds, whatever else comes and goes', () => {
  const others = fc.array(fc.subarray(['high', 'normal', 'low'] as const), { maxLength: 40 });
  fc.assert(
    fc.property(others, fc.constantFrom(...jobPriorities), (before, waiting) => {
      const choice = new WeightedChoice();
      for (const round of before) choice.choose(new Set(round));
      const all = new Set<JobPriority>(jobPriorities);
      const rounds = Array.from({ length: 13 }, () => choice.choose(all));
      expect(rounds).toContain(waiting);
    }),
  );
});

test('a LOW job is started though HIGH and NORMAL jobs keep coming', () => {
  const arrivals = fc.array(fc.subarray(['high', 'high', 'high', 'normal', 'normal', 'low'] as const), {
    minLength: 60,
    maxLength: 60,
  });
  fc.assert(
    fc.property(arrivals, (rounds) => {
      const queue = new JobQueue();
      const low = job('low');
      const queued = [low, job('high'), job('normal')];
      const running: Job[] = [];
      for (const arrived of rounds) {
        queued.push(...arrived.map((priority) => job(priority)));
        for (let next = queue.next(queued, running); next !== null; next = queue.next(queued, running)) {
          queued.splice(queued.indexOf(next), 1);
          running.push(next);
        }
        running.shift(); // each job ends in its time
      }
      expect(queued).not.toContain(low);
    }),
  );
});

test('a HIGH job starts at once beside two NORMAL ones, and a third NORMAL one waits', () => {
  const queue = new JobQueue();
  const running = [job('normal'), job('normal')];
  expect(queue.next([job('normal'), job('low')], running)).toBeNull();
  const urgent = job('high');
  expect(queue.next([job('normal'), urgent], running)).toBe(urgent);
});

test('one LOW job runs at a time', () => {
  const queue = new JobQueue();
  expect(queue.next([job('low')], [job('low')])).toBeNull();
});

test('two jobs of one source never run together, and the oldest of a priority goes first', () => {
  const queue = new JobQueue();
  const running = [job('normal', 'a')];
  const [blocked, oldest, newest] = [job('normal', 'a'), job('normal', 'b'), job('normal', 'c')];
  expect(queue.next([blocked, oldest, newest], running)).toBe(oldest);
  expect(queue.next([blocked], running)).toBeNull();
});

test('running jobs share the batches in flight by weight', async () => {
  const slots = new FairSlots(1);
  const { signal } = new AbortController();
  const turns = { high: 0, normal: 0, low: 0 };
  const giveBack = await slots.take('normal', signal);
  let left = 130;
  const work = async (priority: JobPriority) => {
    while (left > 0) {
      const done = await slots.take(priority, signal);
      if (left-- > 0) turns[priority] += 1;
      // The next one asks before this one is given back, as a job that reads ahead does.
      const next = work(priority);
      done();
      await next;
    }
  };
  const all = Promise.all(jobPriorities.map(work));
  giveBack();
  await all;
  expect(turns.high).toBeGreaterThan(70);
  expect(turns.low).toBeGreaterThanOrEqual(9);
  expect(turns.high + turns.normal + turns.low).toBe(130);
});

test('who gives up waiting for a slot leaves it to the next', async () => {
  const slots = new FairSlots(1);
  const giveBack = await slots.take('high', new AbortController().signal);
  const gone = new AbortController();
  const first = slots.take('high', gone.signal);
  const second = slots.take('low', new AbortController().signal);
  gone.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  giveBack();
  giveBack(); // twice gives back once
  (await second)();
});
