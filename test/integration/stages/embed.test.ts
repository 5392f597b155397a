import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActorBehavior, ActorContext, TaskContext } from '../../../src/actor/actor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { noEmbeddingLimits } from '../../../src/embedding/embedding-limits.ts';
import { createEmbedActor } from '../../../src/stages/embed/embed.actor.ts';
import type { EmbedTasks } from '../../../src/stages/embed/embed-messages.ts';

let dataDir: string;
let actor: ActorBehavior<EmbedTasks>;
let counts: Map<string, number>;
let signsOfLife = 0;

const context: ActorContext = {
  name: 'embed',
  clock: systemClock,
  log: { debug() {}, info() {}, warn() {}, error() {} },
  count: (metric, by) => counts.set(metric, (counts.get(metric) ?? 0) + by),
  observe() {},
  progress: () => {
    signsOfLife++;
  },
  giveWay() {},
  enterNativeCall: () => () => {},
  wake() {},
};

const transferred: ArrayBufferLike[] = [];
const task: TaskContext = {
  lane: 'bulk',
  deadlineMs: null,
  signal: new AbortController().signal,
  giveWay() {},
  transfer: (reply, buffers) => {
    transferred.push(...buffers);
    return reply;
  },
};

function createActor(cleanerVersion: number): ActorBehavior<EmbedTasks> {
  return createEmbedActor(context, {
    dataDir,
    spec: { provider: 'minilm', precision: 'int8' },
    limits: noEmbeddingLimits,
    cleanerVersion,
    threadsMin: 1,
    threadsMax: 1,
    cacheBytesMax: 1e7,
  });
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-embed-actor-'));
  counts = new Map();
  actor = createActor(1);
  await actor.start();
});

afterAll(async () => {
  await actor.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const texts = ['the printer is on fire', 'paper jam in tray 2', 'the printer is on fire'];

test('documents go through the model once and through the cache ever after, even after a restart', async () => {
  const first = await actor.tasks.embed({ texts }, task);
  expect(first).toMatchObject({ cacheHits: 1, failures: [] });
  expect(first.vectors).toHaveLength(3 * 384);
  expect(transferred).toContain(first.vectors.buffer);
  expect(counts.get('kms_embedding_cache_misses_total')).toBe(2);
  expect(counts.get('kms_embedding_cache_hits_total')).toBe(1);
  expect(counts.get('kms_embedding_tokens_total')).toBe(first.tokens);
  await actor.drain?.();
  await actor.stop();
  actor = createActor(1);
  await actor.start();
  const again = await actor.tasks.embed({ texts }, task);
  expect(again).toMatchObject({ cacheHits: 3, tokens: 0 });
  expect(again.vectors).toEqual(first.vectors);
  expect(actor.stats?.()).toMatchObject({ model: 'minilm-l6-v2/int8', dimensions: 384, cache_entries: 2 });
});

test('a query for the text of a document gets the vector of that document', async () => {
  const document = await actor.tasks.embed({ texts: ['reset the router'] }, task);
  const query = await actor.tasks.embedQueries({ texts: ['reset the router'] }, task);
  expect(query.vectors).toEqual(document.vectors);
});

test('the watchdog sees life during a long batch', async () => {
  const before = signsOfLife;
  const many = Array.from({ length: 60 }, (_, index) => `queue ${index} is stuck `.repeat(20));
  await actor.tasks.embed({ texts: many }, task);
  expect(signsOfLife - before).toBeGreaterThan(5);
});

test('another cleaner version finds nothing in the cache', async () => {
  await actor.tasks.embed({ texts }, task);
  await actor.stop();
  actor = createActor(2);
  await actor.start();
  expect(await actor.tasks.embed({ texts }, task)).toMatchObject({ cacheHits: 1 });
});
