import { expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { durable } from '../../../src/storage/durable-commit.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const never = new Promise<never>(() => undefined);

test('a write is done only when it is flushed', async () => {
  let flush: (value: unknown) => void = () => undefined;
  const flushed = new Promise((resolve) => {
    flush = resolve;
  });
  let isDone = false;
  const done = durable(Promise.resolve('result'), { flushed: () => flushed, clock: new ManualClock() });
  void done.then(() => {
    isDone = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDone).toBe(false);
  flush(true);
  expect(await done).toBe('result');
});

test('a flush that never ends fails at its deadline and says that the commit can be read', async () => {
  const clock = new ManualClock();
  const done = durable(Promise.resolve(1), { flushed: () => never, clock });
  const outcome = expect(done).rejects.toMatchObject({ code: 'unavailable', facts: { stage: 'committed' } });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(60_000);
  await outcome;
});

test('a flush that rejects fails the write', async () => {
  const done = durable(Promise.resolve(1), {
    flushed: () => Promise.reject(new Error('EIO')),
    clock: new ManualClock(),
  });
  await expect(done).rejects.toMatchObject({ code: 'unavailable', facts: { stage: 'committed' } });
});

test('a rejected commit takes its reason from commitError and leaves no rejection unhandled', async () => {
  const error = Object.assign(new Error('Commit failed'), {
    commitError: Promise.reject(new Error('ENOSPC')),
  });
  const failure = await durable(Promise.reject(error), {
    flushed: () => never,
    clock: new ManualClock(),
  }).catch((caught: unknown) => caught);
  expect(failure).toMatchObject({ code: 'unavailable', facts: { stage: 'rejected' } });
  expect(String((failure as KmsError).cause)).toContain('ENOSPC');
});

test('a full map is a lack of room, and our own errors stay what they are', async () => {
  const options = { flushed: () => never, clock: new ManualClock() };
  await expect(durable(Promise.reject(new Error('MDB_MAP_FULL: reached')), options)).rejects.toMatchObject({
    code: 'resource_exhausted',
  });
  const own = new KmsError('failed_precondition', 'another generation');
  await expect(durable(Promise.reject(own), options)).rejects.toBe(own);
});
