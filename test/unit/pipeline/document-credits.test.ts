import { expect, test } from 'vitest';
import { DocumentCredits } from '../../../src/pipeline/document-credits.ts';

const signal = new AbortController().signal;
const settled = async (promise: Promise<unknown>) => {
  const pending = Symbol('pending');
  const tick = new Promise((resolve) => setImmediate(() => resolve(pending)));
  return (await Promise.race([promise, tick])) !== pending;
};

test('never more documents are in flight than there are credits', async () => {
  const credits = new DocumentCredits(10);
  const giveBack = await credits.take(8, signal);
  const second = credits.take(3, signal);
  expect(await settled(second)).toBe(false);
  giveBack();
  giveBack(); // twice gives back once
  await second;
  expect(credits.taken).toBe(3);
});

test('a batch larger than all credits goes alone instead of waiting for ever', async () => {
  const credits = new DocumentCredits(10);
  const giveBack = await credits.take(500, signal);
  expect(credits.taken).toBe(10);
  giveBack();
  expect(credits.taken).toBe(0);
});

test('small batches do not overtake a large one that waits', async () => {
  const credits = new DocumentCredits(10);
  const giveBack = await credits.take(5, signal);
  const large = credits.take(9, signal);
  const small = credits.take(1, signal);
  expect(await settled(small)).toBe(false);
  giveBack();
  await large;
  await small;
  expect(credits.taken).toBe(10);
});

test('a caller that goes away while it waits is told, and holds up nobody', async () => {
  const credits = new DocumentCredits(10);
  const giveBack = await credits.take(5, signal);
  const controller = new AbortController();
  const large = credits.take(9, controller.signal);
  const small = credits.take(1, signal);
  controller.abort();
  await expect(large).rejects.toMatchObject({ code: 'cancelled' });
  await small;
  giveBack();
  expect(credits.taken).toBe(1);
});

test('jobs hold at most half of the credits, whatever they ask for', async () => {
  const credits = new DocumentCredits(100);
  await credits.take(500, signal, 'bulk');
  expect(credits.taken).toBe(50);
  expect(await settled(credits.take(1, signal, 'bulk'))).toBe(false);
  expect(await settled(credits.take(50, signal))).toBe(true);
});

test('a live call that waits goes before a batch that waits longer', async () => {
  const credits = new DocumentCredits(100);
  const giveBack = await credits.take(100, signal);
  const batch = credits.take(40, signal, 'bulk');
  const live = credits.take(80, signal);
  giveBack();
  await live;
  expect(await settled(batch)).toBe(false);
});

test('live calls that never end do not stop the jobs: an eighth of the credits is theirs', async () => {
  const credits = new DocumentCredits(80);
  let giveBack = await credits.take(80, signal);
  const batch = credits.take(10, signal, 'bulk');
  const waiting = Array.from({ length: 5 }, () => credits.take(80, signal));
  giveBack();
  const giveBatchBack = await batch;
  expect(credits.taken).toBe(10);
  giveBatchBack();
  giveBack = (await waiting[0]) ?? giveBack;
  expect(credits.taken).toBe(80);
});
