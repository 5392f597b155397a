import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli } from '../../support/cli-run.ts';
import { type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

function run(...args: string[]) {
  return cli(['reembed', 'cases', ...args, '--address', harness.address]);
}

test('an estimate says what is known, and of the rest that it is not', async () => {
  const unknown = await run('--estimate', '--provider', 'openai', '--model', 'm', '--dimensions', '8');
  expect(unknown.exitCode).toBe(0);
  expect(unknown.stdout).toMatch(/cost +unknown: set KMS_EMBED_PRICE_PER_MILLION_TOKENS/);
  expect(unknown.stdout).toMatch(/time +unknown/);
  const choice = { provider: 'openai', model: 'm', dimensions: 8 };
  expect(harness.engine.reembed.calls).toEqual([['estimate', 'cases', choice]]);
  harness.engine.reembed.estimated = { costDollars: 1.5, durationMs: 90_500 };
  const known = await run('--estimate', '--provider', 'openai', '--json');
  expect(JSON.parse(known.stdout)).toEqual({
    collection: 'cases',
    generation: 'old@4:unit:c1',
    target_generation: 'new@4:unit:c1',
    documents: 3,
    tokens: 400,
    sampled_documents: 2,
    cost_dollars: 1.5,
    duration_seconds: 90.5,
  });
});

test('each step asks the engine for itself, and the status for people says what is beside', async () => {
  const { reembed } = harness.engine;
  reembed.current = {
    ...reembed.current,
    state: 'filling',
    otherGeneration: 'new@4:unit:c1',
    progress: { ...reembed.current.progress, total: 10, compared: 4, written: 3, fromClientVectors: 2 },
    fault: { code: 'unavailable', message: 'the service\u001b[2J is down', violations: [], facts: {} },
  };
  const { stdout } = await run();
  expect(stdout).toMatch(/state +filling/);
  expect(stdout).toMatch(/4 of 10 compared: 3 written/);
  expect(stdout).toContain('2 came with their own vectors');
  expect(stdout).toMatch(/held up +the service/);
  expect(stdout).not.toContain('\u001b');
  await run('--switch', '--allow-rejected');
  await run('--rollback');
  await run('--drop');
  expect(reembed.calls).toEqual([
    ['status', 'cases'],
    ['switch', 'cases', true],
    ['rollback', 'cases', false],
    ['drop', 'cases'],
  ]);
});

test('a comparison is shown with the queries that differ most', async () => {
  const { reembed } = harness.engine;
  const example = { query: 'printer', overlapAt10: 0.2, currentIds: ['a'], otherIds: ['b'] };
  reembed.current = {
    ...reembed.current,
    state: 'ready',
    otherGeneration: 'new@4:unit:c1',
    comparison: { queries: 5, overlapAt10: 0.8, rankAgreement: 0.75, sameFirstHit: 0.6, examples: [example] },
  };
  const people = await run('--compare');
  expect(people.stdout).toMatch(/5 queries: 80 % .* 60 %, order agrees by 0.75/);
  expect(people.stdout).toContain('20 % in common: printer');
  const { stdout } = await run('--compare', '--json');
  expect(JSON.parse(stdout).comparison).toEqual({
    queries: 5,
    overlap: 0.8,
    rank_agreement: 0.75,
    same_first_hit: 0.6,
    examples: [{ query: 'printer', overlap: 0.2, current_ids: ['a'], other_ids: ['b'] }],
  });
});

test('two steps at once, and a start without a model, are wrong usage and ask the engine nothing', async () => {
  const two = await run('--switch', '--drop');
  expect([two.exitCode, two.stderr]).toEqual([2, expect.stringContaining('--switch, --drop')]);
  const start = await run('--start');
  expect([start.exitCode, start.stderr]).toEqual([2, expect.stringContaining('--provider')]);
  expect(harness.engine.reembed.calls).toEqual([]);
});
