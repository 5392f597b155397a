// Asks through real worker threads, as the stages use them.

import { afterEach, describe, expect, test } from 'vitest';
import type { Supervisor } from '../../../src/actor/supervisor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { addFixture, fixtureSpec, fixtureSupervisor, sharedCalls } from './fixture-supervisor.ts';

const running: Supervisor[] = [];
function setUp(overrides: Parameters<typeof fixtureSpec>[0] = {}) {
  const { supervisor, recorded, exited } = fixtureSupervisor();
  running.push(supervisor);
  const ref = addFixture(supervisor, fixtureSpec(overrides));
  return { supervisor, recorded, exited, ref };
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.stop()));
});

describe('an ask', () => {
  test('made before the start is answered after it', async () => {
    const { supervisor, ref } = setUp();
    const early = ref.ask('echo', { a: 1 });
    await supervisor.start();
    expect(await early).toEqual({ a: 1 });
  });

  test('rejects with the code, the message and the facts that the handler threw', async () => {
    const { supervisor, ref } = setUp();
    await supervisor.start();
    await expect(ref.ask('fail', { code: 'not_found' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'as asked',
      facts: { answer: 42 },
    });
    expect(await ref.ask('echo', 1)).toBe(1);
  });

  test('moves the buffers of its transfer list there and back without copying', async () => {
    const { supervisor, ref } = setUp();
    await supervisor.start();
    const bytes = new Uint8Array([7, 8, 9]);
    const reply = await ref.ask('mirror', { bytes }, { transfer: [bytes.buffer] });
    expect(bytes.byteLength).toBe(0);
    expect([...reply.bytes]).toEqual([7, 8, 9]);
  });

  test('with a reply or a request that cannot be cloned rejects and takes nothing along', async () => {
    const { supervisor, ref } = setUp();
    await supervisor.start();
    await expect(ref.ask('unclonable', null)).rejects.toMatchObject({ code: 'internal' });
    await expect(ref.ask('echo', () => undefined)).rejects.toMatchObject({ code: 'internal' });
    const more = Array.from({ length: 6 }, (_, index) => ref.ask('echo', index));
    expect(await Promise.all(more)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that hangs is given up at its deadline, and its cancellation reaches the handler', async () => {
    const { supervisor, ref } = setUp({ credits: { urgent: 1, bulk: 1 } });
    await supervisor.start();
    const deadlineMs = systemClock.nowMs() + 50;
    await expect(ref.ask('hangUntilAborted', null, { deadlineMs })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    // The only bulk credit comes back through the cancellation alone.
    expect(await ref.ask('echo', 'free again')).toBe('free again');
  });
});

describe('urgent asks', () => {
  test('are served between the units of a long bulk task', async () => {
    const { supervisor, ref } = setUp();
    await supervisor.start();
    const deadlineMs = systemClock.nowMs() + 20_000;
    // Nothing but touches that are served within this one synchronous task can end it before its deadline.
    const long = ref.ask('giveWayUntilTouched', { touches: 10 }, { deadlineMs });
    let isLongDone = false;
    const touching = (async () => {
      while (!isLongDone) await ref.ask('touch', null, { lane: 'urgent' });
    })();
    const { units } = await long.finally(() => {
      isLongDone = true;
    });
    await touching;
    expect(units).toBeGreaterThan(0);
  });

  test('are served although every bulk credit is taken by tasks that never end', async () => {
    const { supervisor, ref } = setUp({ credits: { urgent: 1, bulk: 2 } });
    await supervisor.start();
    const stuck = Array.from({ length: 10 }, () => ref.ask('hang', null));
    for (const ask of stuck) ask.catch(() => undefined);
    expect(await ref.ask('touch', null, { lane: 'urgent' })).toBe(1);
  });
});

test('background work goes on under bulk work, and bulk work under background work that never ends', async () => {
  const { supervisor, ref } = setUp({ init: { hasBackground: true } });
  await supervisor.start();
  const before = await ref.ask('backgroundUnits', null);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 4 }, () => ref.ask('echo', round)));
  }
  expect(await ref.ask('backgroundUnits', null)).toBeGreaterThan(before + 20);
});

test('counts, durations and log lines of a thread reach the main thread by the end of a drain', async () => {
  const { supervisor, ref, recorded } = setUp();
  await supervisor.start();
  await ref.ask('measure', null);
  await supervisor.drain(systemClock.nowMs() + 10_000);
  expect(recorded.counts).toEqual([
    { type: 'count', metric: 'fixture_total', labels: { kind: 'a' }, by: 5 },
    { type: 'observe', metric: 'fixture_seconds', labels: {}, values: [0.25] },
  ]);
  expect(recorded.works).toEqual(['measure']);
  expect(recorded.waits).toHaveLength(1);
  const line = recorded.logs.find((log) => log.event === 'measured');
  expect(line?.fields).toMatchObject({ actor: 'fixture', err: { code: 'not_found' } });
});

test("stats answer with the behavior's own figures and the thread's health", async () => {
  const { supervisor, ref } = setUp();
  await supervisor.start();
  await ref.ask('touch', null);
  const stats = await supervisor.stats('fixture');
  expect(stats.stats).toEqual({ touched: 1 });
  expect(stats.heapBytes).toBeGreaterThan(1_000_000);
  expect(stats.eventLoopLagMs).toBeGreaterThanOrEqual(0);
});

test('a drain finishes what was accepted, drains and stops the behavior once, and refuses what comes later', async () => {
  const calls = sharedCalls();
  const { supervisor, ref } = setUp({ init: { calls } });
  await supervisor.start();
  const accepted = Array.from({ length: 20 }, () => ref.ask('longTask', { units: 2, unitMs: 1 }));
  const drained = supervisor.drain(systemClock.nowMs() + 20_000);
  await expect(ref.ask('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(Promise.all(accepted)).resolves.toHaveLength(20);
  await drained;
  expect([...calls]).toEqual([1, 1, 1]);
  expect(supervisor.statuses()[0]?.state).toBe('stopped');
});
