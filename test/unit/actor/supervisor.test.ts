// The supervisor's rules by the manual clock. Threads are played in this process: real ports, the real actor service,
// and an `exit` that closes the ports as a worker's end does.

import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/actor/actor.ts';
import { silentObserver } from '../../../src/actor/actor-observer.ts';
import { serveActor } from '../../../src/actor/actor-service.ts';
import type { ChildSpec } from '../../../src/actor/child-spec.ts';
import { ControlClient } from '../../../src/actor/control-client.ts';
import { ProgressWord } from '../../../src/actor/progress-word.ts';
import { Supervisor, type SupervisorOptions } from '../../../src/actor/supervisor.ts';
import type { SpawnThread, ThreadExit } from '../../../src/actor/thread-host.ts';
import { type Deferred, deferred } from '../../../src/base/deferred.ts';
import type { KmsError } from '../../../src/base/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';

interface Tasks {
  echo: Task<unknown, unknown>;
}

/** How the next thread of an actor starts; the gate is opened by the test. */
interface Played {
  start?: Deferred<void>;
  stop?: Deferred<void>;
}

const supervisors: Supervisor[] = [];
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.stop()));
});

function setUp(overrides: Partial<SupervisorOptions> = {}) {
  const clock = new ManualClock();
  const events: string[] = [];
  const live = new Map<string, (exit: ThreadExit) => void>();
  const spawn: SpawnThread = (spec) => {
    const work = new MessageChannel();
    const control = new MessageChannel();
    const progress = new ProgressWord();
    const end = deferred<ThreadExit>();
    const client = new ControlClient({ actor: spec.name, clock, port: control.port1 });
    const exit = (how: ThreadExit) => {
      live.delete(spec.name);
      work.port2.close();
      control.port2.close();
      end.resolve(how);
      client.close();
    };
    live.set(spec.name, exit);
    events.push(`spawn ${spec.name}`);
    const parts = {
      name: spec.name,
      init: null,
      workPort: work.port2,
      controlPort: control.port2,
      progress,
      clock,
    };
    const onExit = (code: number) =>
      exit({ isNormal: code === 0, reason: 'exit', detail: `exit code ${code}` });
    serveActor<Tasks>({ ...parts, exit: onExit }, () => ({
      tasks: { echo: (request) => request },
      start: () => (spec.init as Played).start?.promise ?? Promise.resolve(),
      stop: async () => {
        events.push(`stop ${spec.name}`);
        await (spec.init as Played).stop?.promise;
      },
    }));
    const terminate = () => exit({ isNormal: false, reason: 'exit', detail: 'terminated' });
    return { workPort: work.port1, control: client, progress, exited: end.promise, terminate };
  };
  const escalation = deferred<KmsError>();
  const write = () => undefined;
  const supervisor = new Supervisor({
    clock,
    log: { debug: write, info: write, warn: write, error: write },
    observer: {
      ...silentObserver,
      onRestart: (actor, reason) => void events.push(`restart ${actor} ${reason}`),
    },
    random: () => 0,
    intensity: { restartsMax: 2, periodMs: 10_000 },
    backoff: { initialMs: 100, maxMs: 1_000, jitter: 0 },
    strategy: 'one_for_one',
    onEscalate: escalation.resolve,
    spawn,
    ...overrides,
  });
  supervisors.push(supervisor);
  const add = (name: string, played: Played = {}, spec: Partial<ChildSpec> = {}) =>
    supervisor.add<Tasks>({
      name,
      entry: new URL('file:///played-in-this-process'),
      init: played,
      restart: 'permanent',
      shutdownTimeoutMs: 1_000,
      credits: { urgent: 1, bulk: 1 },
      mailboxMax: 10,
      stuckAfterMs: 600_000,
      onStuck: 'terminate',
      startTimeoutMs: null,
      ...spec,
    });
  const kill = (name: string) => live.get(name)?.({ isNormal: false, reason: 'error', detail: 'killed' });
  const stateOf = (name: string) => supervisor.statuses().find((status) => status.name === name)?.state;
  /** Lets what is under way arrive; time does not move. */
  const settle = async () => {
    for (let round = 0; round < 8; round += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, supervisor, events, add, kill, stateOf, settle, escalated: escalation.promise };
}

describe('the start', () => {
  test('goes in order: each actor waits until the one before it is ready', async () => {
    const { supervisor, events, add, settle } = setUp();
    const gate = deferred<void>();
    add('a', { start: gate });
    add('b');
    const started = supervisor.start();
    await settle();
    expect(events).toEqual(['spawn a']);
    gate.resolve();
    await started;
    expect(events).toEqual(['spawn a', 'spawn b']);
  });

  test('of concurrent actors goes side by side, and asks wait for their own actor only', async () => {
    const { supervisor, add, settle, stateOf } = setUp();
    const gate = deferred<void>();
    const slow = add('slow', { start: gate }, { isStartConcurrent: true });
    const quick = add('quick', {}, { isStartConcurrent: true });
    const started = supervisor.start();
    const early = slow.ask('echo', 'slow');
    expect(await quick.ask('echo', 'quick')).toBe('quick');
    await settle();
    expect(stateOf('slow')).toBe('starting');
    gate.resolve();
    await started;
    expect(await early).toBe('slow');
  });
});

describe('restarts', () => {
  test('are told in the log: why an actor went down, and when it is back', async () => {
    const told: string[] = [];
    const tell = (fields: object, event: string) => void told.push(`${event} ${JSON.stringify(fields)}`);
    const { supervisor, clock, add, kill, settle } = setUp({
      log: { debug: tell, info: tell, warn: tell, error: tell },
    });
    add('a');
    await supervisor.start();
    expect(told).toEqual([]);
    kill('a');
    await settle();
    clock.advance(100);
    await settle();
    expect(told).toEqual([
      'restarting actor {"actor":"a","reason":"error","detail":"error: killed","delayMs":100}',
      'actor is back {"actor":"a","restarts":1}',
    ]);
  });

  test('wait for the backoff, which doubles with each failure', async () => {
    const { supervisor, clock, events, add, kill, settle, stateOf } = setUp();
    add('a');
    await supervisor.start();
    kill('a');
    await settle();
    expect(stateOf('a')).toBe('backing_off');
    clock.advance(99);
    expect(events).toEqual(['spawn a', 'restart a error']);
    clock.advance(1);
    await settle();
    expect(stateOf('a')).toBe('running');
    kill('a');
    await settle();
    clock.advance(199);
    expect(stateOf('a')).toBe('backing_off');
    clock.advance(1);
    expect(stateOf('a')).toBe('starting');
  });

  test('one more than the intensity allows stops all in reverse order and escalates', async () => {
    const { supervisor, clock, events, add, kill, settle, escalated, stateOf } = setUp();
    const a = add('a');
    add('b');
    add('c');
    await supervisor.start();
    for (const backoffMs of [100, 200]) {
      kill('a');
      await settle();
      clock.advance(backoffMs);
      await settle();
    }
    const waiting = a.ask('echo', 1);
    kill('a');
    await expect(waiting).rejects.toMatchObject({ code: 'actor_down' });
    expect((await escalated).facts).toEqual({
      actor: 'a',
      reason: 'error',
      restartsMax: 2,
      periodMs: 10_000,
    });
    expect(events.slice(-2)).toEqual(['stop c', 'stop b']);
    expect(['a', 'b', 'c'].map(stateOf)).toEqual(['stopped', 'stopped', 'stopped']);
  });

  test('that are far enough apart never escalate', async () => {
    const { supervisor, clock, add, kill, settle, stateOf } = setUp();
    add('a');
    await supervisor.start();
    for (let round = 0; round < 6; round += 1) {
      kill('a');
      await settle();
      clock.advance(1_000);
      await settle();
      clock.advance(10_000);
    }
    expect(stateOf('a')).toBe('running');
  });

  test('under rest_for_one wait until the later actors are down, and those wait for it', async () => {
    const { supervisor, clock, events, add, kill, settle, stateOf } = setUp({ strategy: 'rest_for_one' });
    for (const name of ['a', 'b', 'c']) add(name);
    await supervisor.start();
    events.length = 0;
    kill('a');
    await settle();
    expect(events).toEqual(['restart a error', 'stop c', 'restart c sibling', 'stop b', 'restart b sibling']);
    expect(['a', 'b', 'c'].map(stateOf)).toEqual(['backing_off', 'backing_off', 'backing_off']);
    clock.advance(100);
    await settle();
    expect(events.slice(5)).toEqual(['spawn a', 'spawn b', 'spawn c']);
  });
});

test('under rest_for_one a short backoff does not bring an actor back before a later one has closed', async () => {
  const { supervisor, clock, events, add, kill, settle } = setUp({ strategy: 'rest_for_one' });
  const gate = deferred<void>();
  add('a');
  add('b', { stop: gate });
  await supervisor.start();
  kill('a');
  await settle();
  clock.advance(100);
  await settle();
  expect(events.slice(2)).toEqual(['restart a error', 'stop b']);
  gate.resolve();
  await settle();
  expect(events.slice(4)).toEqual(['restart b sibling', 'spawn a', 'spawn b']);
});

test('a start timeout counts from each start and ends the thread', async () => {
  const { supervisor, clock, events, add, settle, stateOf } = setUp();
  add('a', { start: deferred<void>() }, { startTimeoutMs: 5_000 });
  const started = supervisor.start();
  await settle();
  clock.advance(4_999);
  await settle();
  expect(stateOf('a')).toBe('starting');
  clock.advance(1);
  await settle();
  expect(events).toEqual(['spawn a', 'restart a start_timeout']);
  await supervisor.stop();
  await expect(started).rejects.toMatchObject({ code: 'unavailable' });
});

test('a drain in which an actor crashes ends, restarts nothing, and settles its asks', async () => {
  const { supervisor, clock, add, kill, events } = setUp();
  const a = add('a');
  add('b');
  await supervisor.start();
  const asks = [a.ask('echo', 1), a.ask('echo', 2)];
  const drained = supervisor.drain(clock.nowMs() + 10_000);
  kill('a');
  const settled = await Promise.allSettled(asks);
  expect(settled.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  await drained;
  expect(events).toEqual(['spawn a', 'spawn b', 'stop b']);
});
