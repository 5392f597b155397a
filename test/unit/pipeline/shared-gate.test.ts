import { expect, test } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { SharedGate } from '../../../src/pipeline/shared-gate.ts';

test('lone work waits for shared work to leave, and shared work that came later waits for it', async () => {
  const gate = new SharedGate();
  const order: string[] = [];
  const inside = deferred<void>();
  const shared = gate.shared(async () => {
    order.push('shared in');
    await inside.promise;
    order.push('shared out');
  });
  const alone = gate.alone(async () => void order.push('alone'));
  const later = gate.shared(async () => void order.push('later'));
  await Promise.resolve();
  expect(order).toEqual(['shared in']);
  inside.resolve();
  await Promise.all([shared, alone, later]);
  expect(order).toEqual(['shared in', 'shared out', 'alone', 'later']);
});

test('work that throws leaves the gate open', async () => {
  const gate = new SharedGate();
  await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.alone(async () => 'next')).toBe('next');
});
