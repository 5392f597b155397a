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
