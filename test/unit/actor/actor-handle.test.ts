// The caller's side alone: the thread is the far end of a real MessageChannel that the test answers by hand.

import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Task } from '../../../src/actor/actor.ts';
import { ActorHandle } from '../../../src/actor/actor-handle.ts';
import { silentObserver } from '../../../src/actor/actor-observer.ts';
import type { OutcomeMessage, ToThread } from '../../../src/actor/work-protocol.ts';
import { ManualClock } from '../../support/manual-clock.ts';

interface Tasks {
  work: Task<unknown, unknown>;
}

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function thread() {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const received: ToThread[] = [];
  port2.on('message', (message: ToThread) => received.push(message));
  const answer = (id: number, value: unknown) =>
    port2.postMessage({
      type: 'outcome',
      id,
      isOk: true,
      value,
      waitedMs: 0,
      workedMs: 0,
    } satisfies OutcomeMessage);
  /** Resolves when everything sent so far, both ways, has arrived. */
  const settle = async () => {
    for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { port: port1, far: port2, received, answer, settle };
}

function setUp(limits: { urgent?: number; bulk?: number; mailboxMax?: number } = {}) {
  const clock = new ManualClock();
  const depths: number[] = [];
  const handle = new ActorHandle<Tasks>({
    name: 'a',
    clock,
    observer: { ...silentObserver, onDepth: (_actor, _lane, depth) => depths.push(depth) },
    credits: { urgent: limits.urgent ?? 1, bulk: limits.bulk ?? 2 },
    mailboxMax: limits.mailboxMax ?? 10,
    onReport: () => undefined,
  });
  const far = thread();
  const connect = (to = far) => {
    handle.attach(to.port);
    handle.resume();
  };
  return { clock, handle, far, connect, depths };
}

const ids = (messages: readonly ToThread[]) => messages.filter((m) => m.type === 'task').map((m) => m.id);

describe('credits', () => {
  test('bound what is sent, and each outcome gives one back, oldest ask first', async () => {
    const { handle, far, connect } = setUp({ bulk: 2 });
    connect();
    const asks = [0, 1, 2, 3].map((value) => handle.ask('work', value));
    await far.settle();
    expect(ids(far.received)).toEqual([1, 2]);
    far.answer(2, 'two');
    await far.settle();
    expect(ids(far.received)).toEqual([1, 2, 3]);
    expect(await asks[1]).toBe('two');
    for (const id of [1, 3]) far.answer(id, id);
    await far.settle();
    far.answer(4, 4);
    expect(await Promise.all(asks)).toEqual([1, 'two', 3, 4]);
    expect(handle.depth).toBe(0);
  });

  test("are a lane's own: bulk asks cannot block an urgent one", async () => {
    const { handle, far, connect } = setUp({ bulk: 1, urgent: 1 });
    connect();
    const bulk = [1, 2, 3].map(() => handle.ask('work', null));
    const urgent = handle.ask('work', null, { lane: 'urgent' });
    for (const ask of bulk) ask.catch(() => undefined);
    await far.settle();
    expect(ids(far.received)).toEqual([1, 4]);
    far.answer(4, 'found');
    expect(await urgent).toBe('found');
    handle.detach('end of test');
    handle.close();
  });
});

describe('the mailbox', () => {
  test('refuses one ask more than its bound, a lane, and takes one again when there is room', async () => {
    const { handle, depths } = setUp({ mailboxMax: 2 });
    const abort = new AbortController();
    const first = handle.ask('work', 1, { signal: abort.signal });
    const second = handle.ask('work', 2);
    await expect(handle.ask('work', 3)).rejects.toMatchObject({
      code: 'resource_exhausted',
      facts: { actor: 'a', mailboxMax: 2 },
    });
    const urgent = handle.ask('work', 4, { lane: 'urgent' });
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const third = handle.ask('work', 5);
    expect(depths).toEqual([1, 2, 1, 1, 2]);
    handle.close();
    for (const ask of [second, urgent, third])
      await expect(ask).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a deadline', () => {
  test('that has passed already fails the ask without sending it', async () => {
    const { handle, far, connect, clock } = setUp();
    connect();
    clock.advance(100);
    await expect(handle.ask('work', 1, { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await far.settle();
    expect(far.received).toEqual([]);
  });

  test('ends the wait for a credit, and the ask is never sent', async () => {
    const { handle, far, connect, clock } = setUp();
    const ask = handle.ask('work', 1, { deadlineMs: 50 });
    clock.advance(49);
    expect(handle.depth).toBe(1);
    clock.advance(1);
    await expect(ask).rejects.toMatchObject({ code: 'deadline_exceeded' });
    connect();
    await far.settle();
    expect(far.received).toEqual([]);
  });

  test('of a sent task tells the thread, and the credit stays taken until the thread answers', async () => {
    const { handle, far, connect, clock } = setUp({ bulk: 1 });
    connect();
    const first = handle.ask('work', 1, { deadlineMs: 50 });
    const second = handle.ask('work', 2);
    clock.advance(50);
    await expect(first).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await far.settle();
    expect(far.received.map((message) => message.type)).toEqual(['task', 'cancel']);
    far.answer(1, 'too late');
    await far.settle();
    far.answer(2, 'second');
    expect(await second).toBe('second');
  });

  test('leaves no timer behind when the answer comes first', async () => {
    const { handle, far, connect, clock } = setUp();
    connect();
    const ask = handle.ask('work', 1, { deadlineMs: 50 });
    expect(clock.timerCount).toBe(1);
    far.answer(1, 'in time');
    expect(await ask).toBe('in time');
    expect(clock.timerCount).toBe(0);
  });
});

describe('when the thread goes down', () => {
  test('sent asks fail with actor_down, unsent ones go to the successor with fresh credits', async () => {
    const { handle, far, connect } = setUp({ bulk: 2 });
    connect();
    const asks = [1, 2, 3, 4].map((value) => handle.ask('work', value));
    await far.settle();
    handle.detach('exit code 1');
    for (const lost of asks.slice(0, 2)) {
      await expect(lost).rejects.toMatchObject({
        code: 'actor_down',
        message: 'actor a went down: exit code 1',
      });
    }
    const successor = thread();
    connect(successor);
    await successor.settle();
    expect(ids(successor.received)).toEqual([3, 4]);
    successor.answer(3, 'c');
    successor.answer(4, 'd');
    expect(await Promise.all(asks.slice(2))).toEqual(['c', 'd']);
  });

  test('what it had answered before still counts', async () => {
    const { handle, far, connect } = setUp({ bulk: 2 });
    connect();
    const answered = handle.ask('work', 1);
    const lost = handle.ask('work', 2);
    await once(far.far, 'message');
    far.answer(1, 'last words');
    handle.detach('exit code 1');
    expect(await answered).toBe('last words');
    await expect(lost).rejects.toMatchObject({ code: 'actor_down' });
  });
});

test('a closed handle refuses with unavailable', async () => {
  const { handle } = setUp();
  handle.close();
  await expect(handle.ask('work', 1)).rejects.toMatchObject({ code: 'unavailable', facts: { actor: 'a' } });
});

test('whatever happens to it, every ask settles once, and credits are never exceeded', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('ask' as const) },
    { weight: 3, arbitrary: fc.constant('answer' as const) },
    fc.constantFrom('abort' as const, 'deadline' as const, 'crash' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { handle, connect, clock } = setUp({ bulk: 3, mailboxMax: 5 });
      let far = thread();
      connect(far);
      let answeredUpTo = 0;
      const settled: number[] = [];
      const aborts: AbortController[] = [];
      for (const [index, action] of steps.entries()) {
        if (action === 'ask') {
          const abort = new AbortController();
          aborts.push(abort);
          const options = { signal: abort.signal, deadlineMs: clock.nowMs() + 100 };
          const count = () => settled.push(index);
          handle.ask('work', index, options).then(count, count);
        } else if (action === 'abort') {
          aborts.pop()?.abort();
        } else if (action === 'deadline') {
          clock.advance(100);
        } else if (action === 'answer') {
          await far.settle();
          const next = ids(far.received)[answeredUpTo];
          if (next === undefined) continue;
          far.answer(next, null);
          answeredUpTo += 1;
          await far.settle();
        } else {
          handle.detach('crash');
          far = thread();
          answeredUpTo = 0;
          connect(far);
        }
        expect(handle.sentCount).toBeLessThanOrEqual(3);
        expect(handle.depth).toBeLessThanOrEqual(8);
      }
      handle.detach('end');
      handle.close();
      await far.settle();
      const asked = steps.flatMap((action, index) => (action === 'ask' ? [index] : []));
      expect(settled.toSorted((a, b) => a - b)).toEqual(asked);
      expect(clock.timerCount).toBe(0);
    }),
    { numRuns: 60 },
  );
});
