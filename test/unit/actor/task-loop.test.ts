// The thread's order of service, in one thread: tasks are posted on a real port, handlers are the test's own.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import type { ActorBehavior, Lane, TaskContext } from '../../../src/actor/actor.ts';
import { ProgressWord } from '../../../src/actor/progress-word.ts';
import { type AnyTasks, TaskLoop } from '../../../src/actor/task-loop.ts';
import type { OutcomeMessage, ToThread } from '../../../src/actor/work-protocol.ts';
import { deferred } from '../../../src/base/deferred.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function setUp(behavior: Partial<ActorBehavior<AnyTasks>>) {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const clock = new ManualClock({ nowMs: 1_000 });
  const progress = new ProgressWord();
  const loop = new TaskLoop({ port: port2, clock, progress });
  const outcomes: OutcomeMessage[] = [];
  port1.on('message', (message: OutcomeMessage) => outcomes.push(message));
  let nextId = 1;
  const post = (name: string, options: { lane?: Lane; deadlineMs?: number; payload?: unknown } = {}) => {
    const id = nextId++;
    const { lane = 'bulk', deadlineMs = null, payload = null } = options;
    const askedMs = clock.nowMs();
    port1.postMessage({ type: 'task', id, lane, deadlineMs, askedMs, name, payload } satisfies ToThread);
    return id;
  };
  const cancel = (id: number) => port1.postMessage({ type: 'cancel', id } satisfies ToThread);
  const serve = () => loop.open({ tasks: {}, start: async () => {}, stop: async () => {}, ...behavior });
  const outcomesOf = async (count: number) => {
    while (outcomes.length < count) await new Promise((resolve) => setImmediate(resolve));
    return outcomes;
  };
  return { loop, clock, progress, post, cancel, serve, outcomes, outcomesOf };
}

test('urgent tasks are served first, bulk tasks in the order they came', async () => {
  const served: unknown[] = [];
  const note = (request: unknown) => void served.push(request);
  const { post, serve, outcomesOf } = setUp({ tasks: { note } });
  post('note', { payload: 'b1' });
  post('note', { payload: 'b2' });
  post('note', { payload: 'u1', lane: 'urgent' });
  post('note', { payload: 'u2', lane: 'urgent' });
  serve();
  await outcomesOf(4);
  expect(served).toEqual(['u1', 'u2', 'b1', 'b2']);
});

test('giveWay serves urgent tasks within a bulk task, never another bulk task, and never itself', async () => {
  const served: string[] = [];
  const far: { post(name: string, lane: Lane): void } = { post: () => undefined };
  const tasks = {
    long: (_request: unknown, task: TaskContext) => {
      served.push('long begins');
      far.post('search', 'urgent');
      far.post('search', 'urgent');
      far.post('other', 'bulk');
      task.giveWay();
      served.push('long ends');
    },
    search: (_request: unknown, task: TaskContext) => {
      served.push('search begins');
      task.giveWay();
      served.push('search ends');
    },
    other: () => void served.push('other'),
  };
  const { post, serve, outcomesOf } = setUp({ tasks });
  far.post = (name, lane) => void post(name, { lane });
  post('long');
  serve();
  await outcomesOf(4);
  const search = ['search begins', 'search ends'];
  expect(served).toEqual(['long begins', ...search, ...search, 'long ends', 'other']);
});

test('a bulk task taken off the port by giveWay in a later step of an asynchronous task is served too', async () => {
  const gate = deferred<void>();
  const secondRan = deferred<void>();
  const parts = setUp({
    bulkConcurrency: 2,
    tasks: {
      first: async (_request, task) => {
        await gate.promise;
        parts.post('second');
        task.giveWay();
        // No event announces the second task any more: only the turn that giveWay has ordered can start it.
        await secondRan.promise;
      },
      second: () => secondRan.resolve(),
    },
  });
  parts.post('first');
  parts.serve();
  await new Promise((resolve) => setImmediate(resolve));
  gate.resolve();
  const outcomes = await parts.outcomesOf(2);
  expect(outcomes.map((outcome) => outcome.id)).toEqual([2, 1]);
});

describe('a task whose time is over', () => {
  test('is answered with deadline_exceeded and never runs', async () => {
    let runs = 0;
    const run = () => {
      runs += 1;
    };
    const { post, serve, outcomesOf } = setUp({ tasks: { run } });
    post('run', { deadlineMs: 1_000 });
    serve();
    expect(await outcomesOf(1)).toMatchObject([{ isOk: false, fault: { code: 'deadline_exceeded' } }]);
    expect(runs).toBe(0);
  });

  test('stops at its next giveWay', async () => {
    const reached: string[] = [];
    const { post, serve, outcomesOf, clock } = setUp({
      tasks: {
        long: (_request, task) => {
          task.giveWay();
          reached.push('first unit');
          clock.advance(100);
          task.giveWay();
          reached.push('second unit');
        },
      },
    });
    post('long', { deadlineMs: 1_050 });
    serve();
    expect(await outcomesOf(1)).toMatchObject([{ fault: { code: 'deadline_exceeded' } }]);
    expect(reached).toEqual(['first unit']);
  });
});

test('a cancelled task that still waits is given back, and one that runs hears it by its signal', async () => {
  const { post, cancel, serve, outcomesOf } = setUp({
    tasks: {
      wait: (_request, task) =>
        new Promise((_resolve, reject) => {
          task.signal.addEventListener('abort', () => reject(task.signal.reason));
        }),
      never: () => 'ran',
    },
  });
  const running = post('wait');
  const queued = post('never');
  cancel(queued);
  serve();
  expect(await outcomesOf(1)).toMatchObject([{ id: queued, fault: { code: 'cancelled' } }]);
  cancel(running);
  expect((await outcomesOf(2))[1]).toMatchObject({ id: running, fault: { code: 'cancelled' } });
});

test('no more bulk tasks are under way than bulkConcurrency, urgent ones regardless', async () => {
  const gate = deferred<void>();
  let underWay = 0;
  let underWayMax = 0;
  const { post, serve, outcomesOf } = setUp({
    bulkConcurrency: 2,
    tasks: {
      wait: async () => {
        underWay += 1;
        underWayMax = Math.max(underWayMax, underWay);
        await gate.promise;
        underWay -= 1;
      },
      search: () => 'hit',
    },
  });
  for (let index = 0; index < 5; index += 1) post('wait');
  post('search', { lane: 'urgent' });
  serve();
  expect(await outcomesOf(1)).toMatchObject([{ value: 'hit' }]);
  gate.resolve();
  await outcomesOf(6);
  expect(underWayMax).toBe(2);
});

test('bulk tasks and background units take turns', async () => {
  const served: string[] = [];
  let left = 3;
  const { post, serve, outcomesOf } = setUp({
    tasks: { bulk: () => void served.push('bulk') },
    background: () => {
      served.push('background');
      left -= 1;
      return left > 0;
    },
  });
  for (let index = 0; index < 3; index += 1) post('bulk');
  serve();
  await outcomesOf(3);
  expect(served).toEqual(['bulk', 'background', 'bulk', 'background', 'bulk', 'background']);
});

test('an endless stream of urgent tasks does not stop bulk work', async () => {
  let bulkDone = false;
  let searches = 0;
  let again: () => void = () => undefined;
  const { post, serve, outcomesOf } = setUp({
    tasks: {
      search: () => {
        searches += 1;
        if (!bulkDone) again();
      },
      bulk: () => {
        bulkDone = true;
      },
    },
  });
  again = () => void post('search', { lane: 'urgent' });
  post('bulk');
  again();
  serve();
  await outcomesOf(2);
  expect(bulkDone).toBe(true);
  expect(searches).toBeGreaterThan(1);
});

test('background is called again after wake, and not before', async () => {
  let units = 0;
  const { post, loop, serve, outcomesOf } = setUp({
    tasks: { none: () => null },
    background: () => {
      units += 1;
      return false;
    },
  });
  serve();
  post('none');
  await outcomesOf(1);
  expect(units).toBe(1);
  loop.wake();
  post('none');
  await outcomesOf(2);
  expect(units).toBe(2);
});

test("waiting and working are told apart, and urgent tasks in between are not the bulk task's work", async () => {
  let post: (name: string) => void = () => undefined;
  const parts = setUp({
    tasks: {
      long: (_request, task) => {
        parts.clock.advance(10);
        post('search');
        task.giveWay();
        parts.clock.advance(20);
      },
      search: () => parts.clock.advance(5),
    },
  });
  post = (name) => void parts.post(name, { lane: 'urgent' });
  parts.post('long');
  parts.clock.advance(7);
  parts.serve();
  const [search, long] = await parts.outcomesOf(2);
  expect(search).toMatchObject({ waitedMs: 0, workedMs: 5 });
  expect(long).toMatchObject({ waitedMs: 7, workedMs: 30 });
});

test('the progress word says idle when nothing is left, and busy while a task is under way', async () => {
  const gate = deferred<void>();
  const { post, progress, serve, outcomesOf } = setUp({ tasks: { wait: () => gate.promise } });
  post('wait');
  serve();
  expect(progress.phase).toBe('busy');
  gate.resolve();
  await outcomesOf(1);
  expect(progress.phase).toBe('idle');
  expect(progress.units).toBeGreaterThan(0);
});

test('a closed loop gives back what it had not begun', async () => {
  const { post, loop, serve, outcomesOf } = setUp({ tasks: { wait: () => new Promise(() => undefined) } });
  post('wait');
  post('wait');
  serve();
  loop.close();
  expect(await outcomesOf(1)).toMatchObject([{ id: 2, fault: { code: 'unavailable' } }]);
});
