// The ways a thread can die, with real threads: every ask settles, and what OTP promises happens next.

import { afterEach, describe, expect, test } from 'vitest';
import type { Supervisor, SupervisorOptions } from '../../../src/actor/supervisor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { addFixture, fixtureSpec, fixtureSupervisor, sharedCalls } from './fixture-supervisor.ts';

const running: Supervisor[] = [];
function setUp(spec: Parameters<typeof fixtureSpec>[0] = {}, options: Partial<SupervisorOptions> = {}) {
  const { supervisor, recorded, exited } = fixtureSupervisor(options);
  running.push(supervisor);
  const ref = addFixture(supervisor, fixtureSpec(spec));
  return { supervisor, recorded, exited, ref };
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((supervisor) => supervisor.stop()));
});

const deaths = [
  { task: 'throwUncaught', request: null, reason: 'error' },
  { task: 'exit', request: { code: 3 }, reason: 'exit' },
  { task: 'exit', request: { code: 0 }, reason: 'exit' },
  { task: 'exhaustHeap', request: null, reason: 'out_of_memory' },
  { task: 'spin', request: null, reason: 'stuck' },
] as const;

describe.each(deaths)('a thread that dies by $task $request', ({ task, request, reason }) => {
  test('fails what it held with actor_down, keeps what was not sent, and is replaced', async () => {
    const { supervisor, ref, recorded } = setUp({
      credits: { urgent: 1, bulk: 2 },
      stuckAfterMs: reason === 'stuck' ? 1_000 : 30_000,
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    await supervisor.start();
    const before = await ref.ask('threadId', null);
    const beside = ref.ask('hang', null);
    const deadly = ref.ask(task, request as never);
    // Both credits are taken: this one waits here, outlives the thread, and is answered by the successor.
    const after = ref.ask('threadId', null);
    const down = { code: 'actor_down', isRetryable: true, facts: { actor: 'fixture' } };
    const [first, second] = await Promise.allSettled([beside, deadly]);
    expect(first).toMatchObject({ status: 'rejected', reason: down });
    expect(second).toMatchObject({ status: 'rejected', reason: down });
    expect(await after).not.toBe(before);
    expect(recorded.restarts).toEqual([{ actor: 'fixture', reason }]);
    expect(supervisor.statuses()[0]).toMatchObject({ state: 'running', restarts: 1 });
    if (request?.code !== 0) expect(supervisor.statuses()[0]?.lastFault).toContain(reason);
  });
});

test('a declared native call is not taken for a stuck thread', async () => {
  const { supervisor, ref, recorded } = setUp({ stuckAfterMs: 1_000 });
  await supervisor.start();
  expect(await ref.ask('nativeCall', { ms: 3_000 })).toBe('done');
  expect(recorded.restarts).toEqual([]);
});

test('a stuck thread that may not be terminated ends the process instead, after a log line', async () => {
  const { supervisor, ref, recorded, exited } = setUp({
    stuckAfterMs: 1_000,
    shutdownTimeoutMs: 100,
    onStuck: 'exit_process',
  });
  await supervisor.start();
  // A spin that ends by itself, so that the test's own process can let the thread go.
  const spinning = ref.ask('longTask', { units: 1, unitMs: 3_000 });
  expect(await exited).toBe(1);
  expect(recorded.logs.some((log) => log.event.includes('ending the process'))).toBe(true);
  expect(recorded.restarts).toEqual([]);
  expect(await spinning).toBeNull();
});

describe('a start', () => {
  test.each([
    { how: 'throw', reason: 'start_failed' },
    { how: 'exit', reason: 'exit' },
    { how: 'spin', reason: 'stuck' },
  ] as const)(
    'that fails by $how is tried again, and asks made meanwhile are answered',
    async ({ how, reason }) => {
      const calls = sharedCalls();
      const stuckAfterMs = how === 'spin' ? 1_000 : 30_000;
      const { supervisor, ref, recorded } = setUp({ stuckAfterMs, init: { calls, starts: [how, how] } });
      const early = ref.ask('echo', 'patient');
      await supervisor.start();
      expect(await early).toBe('patient');
      expect(calls[0]).toBe(3);
      // What a failed start had opened is closed before the next one: only a thrown start can do that.
      expect(calls[1]).toBe(how === 'throw' ? 2 : 0);
      expect(recorded.restarts.map((restart) => restart.reason)).toEqual([reason, reason]);
    },
  );

  test('that hangs ends at its timeout', async () => {
    const { supervisor, ref, recorded } = setUp({ startTimeoutMs: 2_000, init: { starts: ['hang'] } });
    await supervisor.start();
    expect(await ref.ask('echo', 1)).toBe(1);
    expect(recorded.restarts).toEqual([{ actor: 'fixture', reason: 'start_timeout' }]);
  });

  test('that always fails escalates: the start rejects, every ask settles, nothing is left running', async () => {
    const { supervisor, ref, recorded } = setUp(
      { init: { starts: Array(10).fill('throw') } },
      { intensity: { restartsMax: 2, periodMs: 60_000 } },
    );
    const early = ref.ask('echo', 1);
    const started = supervisor.start();
    await expect(early).rejects.toMatchObject({ code: 'unavailable' });
    await expect(started).rejects.toMatchObject({ code: 'unavailable' });
    expect((await recorded.escalated).facts).toMatchObject({ actor: 'fixture', restartsMax: 2 });
    expect(supervisor.statuses()[0]).toMatchObject({ state: 'stopped', restarts: 2 });
    await expect(ref.ask('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('an entry that cannot be loaded, or an init that cannot be cloned, is a failed start', async () => {
  for (const broken of [
    { entry: new URL('./no-such.thread.ts', import.meta.url) },
    { init: () => undefined },
  ]) {
    const { supervisor } = fixtureSupervisor({ intensity: { restartsMax: 1, periodMs: 60_000 } });
    const ref = addFixture(supervisor, { ...fixtureSpec(), ...broken });
    const early = ref.ask('echo', 1);
    const started = supervisor.start();
    await expect(early).rejects.toMatchObject({ code: 'unavailable' });
    await expect(started).rejects.toMatchObject({ code: 'unavailable', facts: { actor: 'fixture' } });
  }
});

test('an actor that dies again in its backed-off start comes back all the same', async () => {
  const calls = sharedCalls();
  const { supervisor, ref, recorded } = setUp({ init: { calls, starts: ['ok', 'exit', 'throw'] } });
  await supervisor.start();
  await expect(ref.ask('exit', { code: 3 })).rejects.toMatchObject({ code: 'actor_down' });
  const waiting = Array.from({ length: 10 }, (_, index) => ref.ask('echo', index));
  expect(await Promise.all(waiting)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(recorded.restarts.map((restart) => restart.reason)).toEqual(['exit', 'exit', 'start_failed']);
});

test('a stop during the backoff ends the waiting asks with unavailable', async () => {
  const { supervisor, ref } = setUp({}, { backoff: { initialMs: 600_000, maxMs: 600_000, jitter: 0 } });
  await supervisor.start();
  await expect(ref.ask('exit', { code: 3 })).rejects.toMatchObject({ code: 'actor_down' });
  expect(supervisor.statuses()[0]?.state).toBe('backing_off');
  const waiting = ref.ask('echo', 1);
  await supervisor.stop();
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
});

describe('a drain', () => {
  test('in which the thread crashes ends, and the thread is not restarted', async () => {
    const calls = sharedCalls();
    const { supervisor, ref, recorded } = setUp({ init: { calls }, credits: { urgent: 1, bulk: 1 } });
    await supervisor.start();
    const deadly = ref.ask('exit', { code: 3 });
    const waiting = ref.ask('echo', 1);
    const drained = supervisor.drain(systemClock.nowMs() + 30_000);
    await expect(deadly).rejects.toMatchObject({ code: 'actor_down' });
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await drained;
    expect([...calls]).toEqual([1, 0, 0]);
    expect(recorded.restarts).toEqual([]);
    expect(supervisor.statuses()[0]).toMatchObject({ state: 'stopped', lastFault: 'exit: exit code 3' });
  });

  test('in which the behavior ends its thread ends too', async () => {
    const { supervisor, recorded } = setUp({ init: { drain: 'exit' } });
    await supervisor.start();
    await supervisor.drain(systemClock.nowMs() + 30_000);
    expect(recorded.restarts).toEqual([]);
    expect(supervisor.statuses()[0]?.lastFault).toBe('exit: exit code 9');
  });

  test.each(['hang', 'spin'] as const)('with a task that does %s ends at its deadline', async (task) => {
    const { supervisor, ref } = setUp({});
    await supervisor.start();
    const endless = ref.ask(task, null);
    const drained = supervisor.drain(systemClock.nowMs() + 1_000);
    await expect(endless).rejects.toMatchObject({ code: 'actor_down' });
    await drained;
  });

  test('goes in reverse order of the start: an earlier actor serves until the later ones are done', async () => {
    const { supervisor } = fixtureSupervisor();
    running.push(supervisor);
    const first = addFixture(supervisor, fixtureSpec({ name: 'first' }));
    const second = addFixture(supervisor, fixtureSpec({ name: 'second' }));
    await supervisor.start();
    const abort = new AbortController();
    const long = second.ask('hangUntilAborted', null, { signal: abort.signal });
    const drained = supervisor.drain(systemClock.nowMs() + 30_000);
    expect(await first.ask('echo', 'still here')).toBe('still here');
    expect(supervisor.statuses().map((status) => status.state)).toEqual(['running', 'draining']);
    abort.abort();
    await expect(long).rejects.toMatchObject({ code: 'cancelled' });
    await drained;
    expect(supervisor.statuses().map((status) => status.state)).toEqual(['stopped', 'stopped']);
  });
});

describe('rest_for_one', () => {
  test('takes down the later actors in reverse, and brings all back in order', async () => {
    const { supervisor, recorded } = fixtureSupervisor({ strategy: 'rest_for_one' });
    running.push(supervisor);
    const calls = { a: sharedCalls(), b: sharedCalls(), c: sharedCalls() };
    const a = addFixture(supervisor, fixtureSpec({ name: 'a', init: { calls: calls.a } }));
    const b = addFixture(supervisor, fixtureSpec({ name: 'b', init: { calls: calls.b } }));
    const c = addFixture(supervisor, fixtureSpec({ name: 'c', init: { calls: calls.c } }));
    await supervisor.start();
    await expect(b.ask('exit', { code: 3 })).rejects.toMatchObject({ code: 'actor_down' });
    expect(await c.ask('echo', 1)).toBe(1);
    expect(await b.ask('echo', 2)).toBe(2);
    expect(await a.ask('echo', 3)).toBe(3);
    expect(recorded.restarts).toEqual([
      { actor: 'b', reason: 'exit' },
      { actor: 'c', reason: 'sibling' },
    ]);
    expect([calls.a[0], calls.b[0], calls.c[0]]).toEqual([1, 2, 2]);
    expect([calls.b[1], calls.c[1]]).toEqual([0, 1]);
  });
});

describe('restart types', () => {
  test('a transient actor that ends normally is not restarted; a temporary one never is', async () => {
    const { supervisor, recorded } = fixtureSupervisor();
    running.push(supervisor);
    const transient = addFixture(supervisor, fixtureSpec({ name: 'transient', restart: 'transient' }));
    const temporary = addFixture(supervisor, fixtureSpec({ name: 'temporary', restart: 'temporary' }));
    await supervisor.start();
    await expect(transient.ask('exit', { code: 3 })).rejects.toMatchObject({ code: 'actor_down' });
    expect(await transient.ask('echo', 1)).toBe(1);
    await expect(transient.ask('exit', { code: 0 })).rejects.toMatchObject({ code: 'actor_down' });
    await expect(temporary.ask('exit', { code: 3 })).rejects.toMatchObject({ code: 'actor_down' });
    await expect(transient.ask('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(temporary.ask('echo', 1)).rejects.toMatchObject({ code: 'unavailable' });
    expect(recorded.restarts).toEqual([{ actor: 'transient', reason: 'exit' }]);
  });
});
