import { expect, test } from 'vitest';
import { Slots } from '../../../src/embedding/slots.ts';

const never = new AbortController().signal;

test('slots are given out in the order of asking, and no more than there are', async () => {
  const slots = new Slots(2);
  const order: number[] = [];
  const first = await slots.acquire(never);
  const second = await slots.acquire(never);
  const third = slots.acquire(never).then((release) => {
    order.push(3);
    return release;
  });
  const fourth = slots.acquire(never).then((release) => {
    order.push(4);
    return release;
  });
  expect(order).toEqual([]);
  first();
  first();
  await third;
  expect(order).toEqual([3]);
  second();
  await fourth;
  expect(order).toEqual([3, 4]);
});

test('who gives up waiting takes no slot from the others', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire(never);
  const impatient = new AbortController();
  const waiting = slots.acquire(impatient.signal);
  const patient = slots.acquire(never);
  impatient.abort(new Error('too late'));
  await expect(waiting).rejects.toThrow('too late');
  release();
  (await patient)();
  await slots.acquire(never);
  await expect(slots.acquire(impatient.signal)).rejects.toThrow('too late');
});
