import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchSlots, planJob } from '../../../../src/pipeline/jobs/job-plan.ts';

const machine = { cores: 4, documentsInFlightMax: 2_048, provider: 'minilm' };

test.each([
  [0, 'direct'],
  [5_000, 'direct'],
  [5_001, 'pooled'],
  [10_000, 'pooled'],
  [10_001, 'bulk'],
  [null, 'bulk'],
] as const)('%s records are planned as %s', (records, profile) => {
  expect(planJob(records, machine).profile).toBe(profile);
});

test('a plan says what it chose and why', () => {
  expect(planJob(7_200, machine).reason).toBe(
    'pooled: 7200 records, more than 5000 and at most 10000; embeddings are computed here (minilm, 4 cores), so 3 batches of 48 documents in flight, and jobs together hold at most 1024 of 2048',
  );
  expect(planJob(null, { ...machine, provider: 'openai' }).reason).toMatch(
    /^bulk: the source cannot tell .*; embeddings come from a service \(openai\), so 5 batches of 150 documents/,
  );
});

test('a small load through a service keeps as many batches in flight as a larger one: each of them waits for the way there', () => {
  const remote = { ...machine, provider: 'openai' };
  expect(planJob(5_000, remote).batchesInFlight).toBe(planJob(5_001, remote).batchesInFlight);
  expect(planJob(1, machine).batchesInFlight).toBeLessThan(planJob(5_001, machine).batchesInFlight);
});

test('jobs together never hold more than half of the line, and always something', () => {
  const machines = fc.record({
    cores: fc.integer({ min: 1, max: 256 }),
    documentsInFlightMax: fc.integer({ min: 1, max: 100_000 }),
    provider: fc.constantFrom('minilm', 'onnx', 'openai'),
  });
  const records = fc.option(fc.nat({ max: 10_000_000 }));
  fc.assert(
    fc.property(records, machines, (count, given) => {
      const plan = planJob(count, given);
      expect(plan.batchDocuments).toBeGreaterThanOrEqual(1);
      expect(plan.batchesInFlight).toBeGreaterThanOrEqual(1);
      expect(plan.batchesInFlight).toBeLessThanOrEqual(batchSlots(given));
      const half = Math.max(batchSlots(given), given.documentsInFlightMax / 2);
      expect(plan.batchDocuments * batchSlots(given)).toBeLessThanOrEqual(half);
    }),
  );
});
