import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { Redelivery } from '../../../src/pipeline/redelivery.ts';
import { isFailed } from '../../../src/pipeline/stage-calls.ts';

/** A thread that dies with whatever it holds when it meets a poisonous item. */
function mortalThread(poison: ReadonlySet<number>) {
  const held = new Set<{ die: () => void }>();
  let deaths = 0;
  const send = (items: readonly number[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const delivery = { die: () => reject(new KmsError('actor_down', 'the thread exited')) };
      held.add(delivery);
      setImmediate(() => {
        if (!held.has(delivery)) return;
        if (items.some((item) => poison.has(item))) {
          deaths += 1;
          for (const { die } of held) die();
          held.clear();
        } else {
          held.delete(delivery);
          resolve(items.map((item) => `did ${item}`));
        }
      });
    });
  return { send, deaths: () => deaths };
}

test('only the documents that kill their thread are rejected, whatever was beside them', async () => {
  const batches = fc.array(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 6 }),
      async (all, bad) => {
        const poison = new Set(bad);
        const thread = mortalThread(poison);
        const redelivery = new Redelivery('embed');
        const replies = await Promise.all(all.map((items) => redelivery.deliver(items, thread.send)));
        for (const [i, items] of all.entries()) {
          for (const [j, item] of items.entries()) {
            const reply = replies[i]?.[j];
            if (poison.has(item)) expect(isFailed(reply) && reply.fault.code).toBe('poisoned');
            else expect(reply).toBe(`did ${item}`);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a death by accident is only a redelivery: nothing is rejected', async () => {
  let deliveries = 0;
  const replies = await new Redelivery('clean').deliver([1, 2], async (items) => {
    deliveries += 1;
    if (deliveries === 1) throw new KmsError('actor_down', 'the thread exited');
    return items;
  });
  expect(replies).toEqual([1, 2]);
  expect(deliveries).toBe(2);
});

test('an error that is not the death of the thread is the caller’s', async () => {
  const send = () => Promise.reject(new KmsError('deadline_exceeded', 'too late'));
  await expect(new Redelivery('index').deliver([1], send)).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
});
