import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Deferred, deferred } from '../../../src/base/deferred.ts';
import { CommitWindow } from '../../../src/stages/index/commit-window.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('single documents are written together up to the bound, and the rest follows in order', async () => {
  const window = new CommitWindow(3);
  const gates: Deferred<void>[] = [];
  const begun: number[] = [];
  const runs = [0, 1, 2, 3, 4].map((name) => {
    const gate = deferred<void>();
    gates.push(gate);
    return window.run(1, () => {
      begun.push(name);
      return gate.promise;
    });
  });
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  gates[1]?.resolve();
  await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const gate of gates) gate.resolve();
  await Promise.all(runs);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('a write that fails gives its room back', async () => {
  const window = new CommitWindow(1);
  const failing = window.run(5, () => Promise.reject(new Error('disk')));
  const next = window.run(1, () => Promise.resolve('written'));
  await expect(failing).rejects.toThrow('disk');
  expect(await next).toBe('written');
  expect(window.documents).toBe(0);
});

test('never more documents than the bound are under way unless a larger batch is alone, and none is overtaken', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sizes, async (batches) => {
      const window = new CommitWindow(6);
      const begun: number[] = [];
      let [documents, writes] = [0, 0];
      const write = async (batch: number) => {
        begun.push(batch);
        documents += batches[batch] as number;
        writes += 1;
        expect(documents <= 6 || writes === 1).toBe(true);
        for (let turn = 0; turn < batch % 3; turn++) await settled();
        documents -= batches[batch] as number;
        writes -= 1;
      };
      await Promise.all(batches.map((size, batch) => window.run(size, () => write(batch))));
      expect(begun).toEqual(batches.map((_, batch) => batch));
    }),
    { numRuns: 100 },
  );
});
