// The embed actor with a paid service: what is paid for, counted at the service.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ActorBehavior } from '../../../src/actor/actor.ts';
import { noEmbeddingLimits } from '../../../src/embedding/embedding-limits.ts';
import { createEmbedActor } from '../../../src/stages/embed/embed.actor.ts';
import type { EmbedTasks } from '../../../src/stages/embed/embed-messages.ts';
import { testActorContext, testTaskContext } from '../../support/actor-context.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let server: EmbeddingServer;
let actor: ActorBehavior<EmbedTasks>;
const counts = new Map<string, number>();

beforeEach(async () => {
  server = await EmbeddingServer.start();
  process.env['OPENAI_BASE_URL'] = server.baseUrl;
  counts.clear();
  const context = {
    ...testActorContext(),
    count: (metric: string, by: number) => counts.set(metric, (counts.get(metric) ?? 0) + by),
  };
  actor = createEmbedActor(context, {
    dataDir: temporaryFolder(),
    spec: { provider: 'openai', model: 'word-model', dimensions: 32 },
    limits: { ...noEmbeddingLimits, dollarsPerMillionTokens: 1_000_000 },
    cleanerVersion: 1,
    threadsMin: 1,
    threadsMax: 1,
    cacheBytesMax: 1e7,
  });
  await actor.start();
});

afterEach(async () => {
  await actor.stop();
  await server.close();
  delete process.env['OPENAI_BASE_URL'];
});

const textsOf = (version: (index: number) => number) =>
  Array.from({ length: 200 }, (_, index) => `case ${index}, version ${version(index)}`);

test('a second sync of changed data pays for what has changed and for nothing else', async () => {
  const first = textsOf(() => 1);
  await actor.tasks.embed({ texts: first }, testTaskContext());
  await actor.drain?.();
  expect(server.textsEmbedded).toBe(200);
  const second = textsOf((index) => (index % 8 === 0 ? 2 : 1));
  const reply = await actor.tasks.embed({ texts: second }, testTaskContext());
  expect(reply.cacheHits).toBe(175);
  expect(server.textsEmbedded).toBe(225);
  expect([...server.timesEmbedded.values()].every((times) => times === 1)).toBe(true);
  const [hits, misses] = ['hits', 'misses'].map((what) => counts.get(`kms_embedding_cache_${what}_total`));
  expect([hits, misses]).toEqual([175, 225]);
  expect(counts.get('kms_embedding_cost_dollars_total')).toBe(server.tokens);
  expect(counts.get('kms_embedding_tokens_total')).toBe(server.tokens);
});

test('a batch that a service could not finish fails as retryable, and what got through is not paid twice', async () => {
  // Each fills a request, so that one can pass and the other not.
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'].map((word) => `${word} `.repeat(8_100));
  const gone = { type: 'status', status: 401, message: 'the key was taken back' } as const;
  server.next({ type: 'held', until: Promise.resolve() }, gone);
  const abort = new AbortController();
  const call = actor.tasks.embed({ texts }, testTaskContext({ signal: abort.signal }));
  await expect.poll(() => server.requests.length).toBe(2);
  server.always(gone);
  abort.abort(new Error('deadline'));
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  await actor.drain?.();
  server.always(null);
  expect(server.textsEmbedded).toBe(4);
  const again = await actor.tasks.embed({ texts }, testTaskContext());
  expect(again.failures).toEqual([]);
  expect([...server.timesEmbedded.values()]).toEqual([1, 1, 1, 1, 1, 1]);
}, 30_000);
