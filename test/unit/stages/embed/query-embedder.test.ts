import { expect, test } from 'vitest';
import { QueryEmbedder } from '../../../../src/stages/embed/query-embedder.ts';
import { FakeProvider, threadDied, vectorsOf } from './fake-provider.ts';

const never = new AbortController().signal;

test('a query asked again is answered from memory', async () => {
  const provider = new FakeProvider();
  const queries = new QueryEmbedder(provider);
  const first = await queries.embed(['how', 'why'], never);
  const again = await queries.embed(['why', 'how'], never);
  expect(first).toMatchObject({ cacheHits: 0, tokens: 6 });
  expect(again).toMatchObject({ cacheHits: 2, tokens: 0 });
  expect(again.vectors).toEqual(vectorsOf(['why', 'how']));
  expect(provider.calls.map(({ lane }) => lane)).toEqual(['urgent', 'urgent']);
});

test('the reply owns its vectors: changing them changes no later answer', async () => {
  const queries = new QueryEmbedder(new FakeProvider());
  (await queries.embed(['how'], never)).vectors.fill(0);
  expect((await queries.embed(['how'], never)).vectors).toEqual(vectorsOf(['how']));
});

test('equal queries that meet share one computation, even when the first asker gives up', async () => {
  const provider = new FakeProvider();
  provider.isHolding = true;
  const queries = new QueryEmbedder(provider);
  const abort = new AbortController();
  const first = queries.embed(['how'], abort.signal);
  const second = queries.embed(['how'], never);
  abort.abort(new Error('not wanted'));
  await expect(first).rejects.toThrow('not wanted');
  provider.calls[0]?.resolve();
  expect((await second).vectors).toEqual(vectorsOf(['how']));
  expect(provider.calls).toHaveLength(1);
});

test('a computation that nobody waits for any more is cancelled, and the next asker gets one of his own', async () => {
  const provider = new FakeProvider();
  provider.isHolding = true;
  const queries = new QueryEmbedder(provider);
  const aborts = [new AbortController(), new AbortController()];
  const asked = aborts.map(({ signal }) => queries.embed(['how'], signal));
  for (const abort of aborts) abort.abort(new Error('not wanted'));
  for (const each of asked) await expect(each).rejects.toThrow('not wanted');
  expect(provider.calls.map(({ signal }) => signal.aborted)).toEqual([true]);
  provider.isHolding = false;
  expect((await queries.embed(['how'], never)).vectors).toEqual(vectorsOf(['how']));
});

test('a failure is not remembered', async () => {
  const provider = new FakeProvider();
  const queries = new QueryEmbedder(provider);
  expect((await queries.embed(['ok', 'poison'], never)).failures).toMatchObject([{ index: 1 }]);
  await queries.embed(['poison'], never);
  expect(provider.calls).toHaveLength(3);
  provider.isHolding = true;
  const dying = queries.embed(['new'], never);
  provider.calls[3]?.reject(threadDied);
  await expect(dying).rejects.toBe(threadDied);
  provider.isHolding = false;
  expect((await queries.embed(['new'], never)).vectors).toEqual(vectorsOf(['new']));
});

test('a cancelled batch of queries stops before the next text', async () => {
  const provider = new FakeProvider();
  const abort = new AbortController();
  abort.abort(new Error('not wanted'));
  await expect(new QueryEmbedder(provider).embed(['a', 'b'], abort.signal)).rejects.toThrow('not wanted');
  expect(provider.calls).toHaveLength(0);
});
