import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { newestOnly } from '../../../src/grpc/newest-only.ts';

test('what is overtaken before it is wanted is left out, and the last one is given', async () => {
  async function* states() {
    yield* [1, 2, 3, 4];
  }
  const newest = newestOnly(states());
  const first = (await newest.next()).value;
  expect(first).toBeGreaterThanOrEqual(1);
  // Whatever is left to be taken is taken in the meantime.
  await new Promise((resolve) => setImmediate(resolve));
  const rest: number[] = [];
  for await (const state of newest) rest.push(state);
  expect(rest).toEqual([4]);
});

test('a failure comes behind the last state', async () => {
  async function* states() {
    yield 1;
    throw new Error('broken');
  }
  const newest = newestOnly(states());
  expect(await newest.next()).toEqual({ done: false, value: 1 });
  await expect(newest.next()).rejects.toThrow('broken');
});

test('a reader that goes away ends the states', async () => {
  const left = deferred<void>();
  const more = deferred<void>();
  async function* states() {
    try {
      yield 1;
      await more.promise;
      yield 2;
      yield 3;
    } finally {
      left.resolve();
    }
  }
  const newest = newestOnly(states());
  await newest.next();
  await newest.return();
  more.resolve();
  await left.promise;
  expect(await newest.next()).toEqual({ done: true, value: undefined });
});
