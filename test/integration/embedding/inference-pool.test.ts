import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { InferencePool } from '../../../src/embedding/minilm/inference-pool.ts';

let pool: InferencePool;

afterEach(() => pool?.close());

function openPool(thread: 'misbehaving' | 'unloadable', threadsMax = 1): InferencePool {
  pool = new InferencePool({
    entry: new URL(`./threads/${thread}.thread.mjs`, import.meta.url),
    modelPath: 'not used',
    threadsMin: 1,
    threadsMax,
    queueMax: 4,
    idleMs: 1_000,
  });
  return pool;
}

const request = (firstToken: number) => ({ texts: [Int32Array.of(firstToken)] });
/** Runs one task for each first token; each ends as 'done' or as its error. */
function outcomesOf(firstTokens: readonly number[]): Promise<unknown[]> {
  const done = () => 'done';
  return Promise.all(firstTokens.map((token) => pool.run(request(token)).then(done, (error) => error)));
}
const unavailable = expect.objectContaining({ code: 'unavailable', isRetryable: true });

test.each([
  ['exits', 1],
  ['throws outside of its task', 2],
  ['runs out of heap', 3],
])(
  'when a thread %s, its task and those that wait fail as retryable, and the next one finds a new thread',
  async (_, how) => {
    openPool('misbehaving');
    const outcomes = await outcomesOf([how, 0, 0]);
    expect(outcomes[0]).toEqual(unavailable);
    for (const outcome of outcomes) expect([unavailable, 'done']).toContainEqual(outcome);
    const reply = await pool.run(request(0));
    expect(reply.vectors).toHaveLength(384);
  },
);

test('a thread that dies while loading fails every call and is not started over and over', async () => {
  openPool('unloadable', 2);
  expect(await outcomesOf([0, 0, 0])).toEqual([unavailable, unavailable, unavailable]);
  await expect(pool.run(request(0))).rejects.toEqual(unavailable);
  expect(pool.threads).toBe(0);
});

test('one task more than may wait is refused', async () => {
  openPool('misbehaving');
  await pool.run(request(0));
  const waiting = outcomesOf([4, 4, 4, 4, 4]);
  await expect(pool.run(request(0))).rejects.toEqual(
    expect.objectContaining({ code: 'resource_exhausted', facts: { queueMax: 4 } }),
  );
  await pool.close();
  for (const outcome of await waiting) expect(outcome).toEqual(unavailable);
  await expect(pool.run(request(0))).rejects.toEqual(unavailable);
});

test('the pool grows with its queue up to the maximum', async () => {
  openPool('misbehaving', 2);
  await pool.run(request(0));
  expect(pool.threads).toBe(1);
  const waiting = outcomesOf([4, 4, 4]);
  expect(pool.threads).toBe(2);
  await pool.close();
  await waiting;
});

test.each([
  ['exit', 'survived exit 5'],
  ['throw', 'error: a fault of our own\nsurvived exit 1'],
])(
  'a thread that owns a computing pool can die (%s) without taking the process along',
  async (death, story) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'kms-pool-owner-'));
    const script = fileURLToPath(new URL('./threads/dying-parent.mjs', import.meta.url));
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [script, dataDir, death]);
      expect(stdout.trim()).toBe(story);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
);
