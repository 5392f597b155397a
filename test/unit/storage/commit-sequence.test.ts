import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { CommitSequence } from '../../../src/storage/commit-sequence.ts';

test('numbers grow by one over all holders of the shared memory', () => {
  const one = new CommitSequence();
  const other = new CommitSequence(one.shared);
  expect([one.next(), other.next(), one.next()]).toEqual([1, 2, 3]);
  expect(other.newest()).toBe(3);
});

test('raising to a number that has passed changes nothing', () => {
  const sequence = new CommitSequence();
  sequence.raiseTo(2 ** 40);
  sequence.raiseTo(7);
  expect(sequence.next()).toBe(2 ** 40 + 1);
});

test('no two threads are ever given the same number', async () => {
  const sequence = new CommitSequence();
  const counts = 20_000;
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    const counter = new BigInt64Array(workerData);
    for (let i = 0; i < ${counts}; i++) Atomics.add(counter, 0, 1n);
    parentPort.postMessage('done');`;
  const worker = new Worker(code, { eval: true, workerData: sequence.shared });
  const done = new Promise((resolve) => worker.once('message', resolve));
  const seen = new Set<number>();
  for (let i = 0; i < counts; i++) seen.add(sequence.next());
  await done;
  expect(seen.size).toBe(counts);
  expect(sequence.newest()).toBe(2 * counts);
});
