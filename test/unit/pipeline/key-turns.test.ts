import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { KeyTurns } from '../../../src/pipeline/key-turns.ts';

const key = (id: string, collection = 'cases') => ({ collection, id });

test('a call waits for every earlier call that shares a key with it, and for no other', async () => {
  const turns = new KeyTurns();
  const first = deferred<void>();
  const order: string[] = [];
  const a = turns.run([key('1'), key('2')], async () => {
    order.push('a starts');
    await first.promise;
    order.push('a ends');
  });
  const b = turns.run([key('2'), key('3')], async () => void order.push('b'));
  await turns.run([key('4'), key('2', 'other')], async () => void order.push('c'));
  expect(order).toEqual(['a starts', 'c']);
  first.resolve();
  await Promise.all([a, b]);
  expect(order).toEqual(['a starts', 'c', 'a ends', 'b']);
});

test('a call that fails lets the next one go on, and nothing is kept afterwards', async () => {
  const turns = new KeyTurns();
  const failing = turns.run([key('1')], () => Promise.reject(new Error('disk on fire')));
  const next = turns.run([key('1')], async () => 'done');
  await expect(failing).rejects.toThrow('disk on fire');
  expect(await next).toBe('done');
  expect(turns.size).toBe(0);
});

test('two calls that share two keys in opposite order do not wait for each other', async () => {
  const turns = new KeyTurns();
  const calls = [
    turns.run([key('1'), key('2')], async () => 1),
    turns.run([key('2'), key('1')], async () => 2),
  ];
  expect(await Promise.all(calls)).toEqual([1, 2]);
});
