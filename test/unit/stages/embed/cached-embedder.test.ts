import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { CachedEmbedder, type CachedEmbedderParts } from '../../../../src/stages/embed/cached-embedder.ts';
import { FakeProvider, threadDied, vectorOf, vectorsOf } from './fake-provider.ts';

/** A cache whose writes become readable when the test says so. */
class MemoryCache implements CachedEmbedderCache {
  readonly rows = new Map<string, Float32Array>();
  commit: (() => void) | null = null;
  failure: Error | null = null;

  keyOf(text: string): Buffer {
    return Buffer.from(text);
  }

  read(key: Buffer, row: Float32Array): boolean {
    const vector = this.rows.get(key.toString());
    if (vector !== undefined) row.set(vector);
    return vector !== undefined;
  }

  async write(rows: readonly { readonly key: Buffer; readonly vector: Float32Array }[]): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const copies = rows.map(({ key, vector }) => [key.toString(), vector.slice()] as const);
    if (this.isHolding) {
      await new Promise<void>((resolve) => {
        this.commit = resolve;
      });
    }
    for (const [key, vector] of copies) this.rows.set(key, vector);
  }

  isHolding = false;
}

type CachedEmbedderCache = CachedEmbedderParts['cache'];

const never = new AbortController().signal;
let provider: FakeProvider;
let cache: MemoryCache;
let cacheErrors: unknown[];
let embedder: CachedEmbedder;

beforeEach(() => {
  provider = new FakeProvider();
  cache = new MemoryCache();
  cacheErrors = [];
  embedder = new CachedEmbedder({ provider, cache, onCacheError: (error) => cacheErrors.push(error) });
});

const textsAsked = () => provider.calls.map(({ texts }) => texts);

describe('bulk embedding', () => {
  test('vectors come in the order of the texts, whatever was cached, repeated or new', async () => {
    const batches = fc.array(fc.array(fc.constantFrom('a', 'bb', 'ccc', 'dd', 'e'), { maxLength: 8 }), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (sequence) => {
        const fresh = { provider: new FakeProvider(), cache: new MemoryCache(), onCacheError: () => {} };
        const line = new CachedEmbedder(fresh);
        const replies = await Promise.all(sequence.map((texts) => line.embed(texts, never)));
        for (const [index, { vectors }] of replies.entries()) {
          expect(vectors).toEqual(vectorsOf(sequence[index] as string[]));
        }
        const asked = fresh.provider.calls.flatMap(({ texts }) => texts);
        expect(asked).toHaveLength(new Set(sequence.flat()).size);
      }),
    );
  });

  test('a text that occurs twice in a batch is embedded once', async () => {
    const reply = await embedder.embed(['same', 'other', 'same'], never);
    expect(textsAsked()).toEqual([['same', 'other']]);
    expect(reply.vectors).toEqual(vectorsOf(['same', 'other', 'same']));
    expect(reply.cacheHits).toBe(1);
    expect(reply.tokens).toBe(9);
  });

  test('what is in the cache costs nothing', async () => {
    await embedder.embed(['one', 'two'], never);
    await embedder.drain();
    const reply = await embedder.embed(['two', 'one'], never);
    expect(reply).toMatchObject({ cacheHits: 2, tokens: 0, failures: [] });
    expect(reply.vectors).toEqual(vectorsOf(['two', 'one']));
    expect(provider.calls).toHaveLength(1);
  });

  test('a text under way in one batch is awaited by another', async () => {
    provider.isHolding = true;
    const first = embedder.embed(['shared', 'x'], never);
    const second = embedder.embed(['y', 'shared'], never);
    for (const call of provider.calls) call.resolve();
    expect((await second).vectors).toEqual(vectorsOf(['y', 'shared']));
    expect((await second).cacheHits).toBe(1);
    await first;
    expect(textsAsked()).toEqual([['shared', 'x'], ['y']]);
  });

  test('a text whose vector is not yet readable in the cache is not embedded again', async () => {
    cache.isHolding = true;
    await embedder.embed(['fresh'], never);
    const again = await embedder.embed(['fresh'], never);
    expect(again.cacheHits).toBe(1);
    cache.commit?.();
    await embedder.drain();
    expect(provider.calls).toHaveLength(1);
    expect(cache.rows.get('fresh')).toEqual(Float32Array.from(vectorOf('fresh')));
  });

  test('when the batch that computes a shared text is cancelled, the other computes it', async () => {
    provider.isHolding = true;
    const abort = new AbortController();
    const first = embedder.embed(['shared'], abort.signal);
    const second = embedder.embed(['shared'], never);
    const cancelled = expect(first).rejects.toThrow('not wanted');
    abort.abort(new Error('not wanted'));
    await cancelled;
    await expect.poll(() => provider.calls.length).toBe(2);
    provider.calls[1]?.resolve();
    expect((await second).vectors).toEqual(vectorsOf(['shared']));
  });

  test('waiting for another batch ends at once when this one is cancelled', async () => {
    provider.isHolding = true;
    const abort = new AbortController();
    const first = embedder.embed(['shared'], never);
    const second = embedder.embed(['shared'], abort.signal);
    abort.abort(new Error('not wanted'));
    await expect(second).rejects.toThrow('not wanted');
    provider.calls[0]?.resolve();
    expect((await first).vectors).toEqual(vectorsOf(['shared']));
  });

  test('what got through before a service gave up is kept; sent again, the batch pays for the rest alone', async () => {
    const texts = ['a', 'later', 'poison', 'b'];
    await expect(embedder.embed(texts, never)).rejects.toMatchObject({ code: 'unavailable' });
    await embedder.drain();
    provider.isDown = false;
    const again = await embedder.embed(texts, never);
    expect(textsAsked()).toEqual([texts, ['later', 'poison']]);
    expect(again).toMatchObject({ cacheHits: 2, failures: [{ index: 2, fault: { code: 'internal' } }] });
    expect([...again.vectors.subarray(4, 8)]).toEqual(vectorOf('later'));
  });

  test('a text that another batch could not get through is embedded by this one', async () => {
    cache.isHolding = true;
    const first = embedder.embed(['a', 'later'], never);
    const second = embedder.embed(['later', 'a'], never);
    const failing = expect(first).rejects.toMatchObject({ code: 'unavailable' });
    provider.isDown = false;
    await failing;
    expect((await second).vectors).toEqual(vectorsOf(['later', 'a']));
    cache.commit?.();
  });

  test('the death of a thread fails the batch as retryable, and the next try embeds it', async () => {
    provider.isHolding = true;
    const first = embedder.embed(['text'], never);
    provider.calls[0]?.reject(threadDied);
    await expect(first).rejects.toBe(threadDied);
    provider.isHolding = false;
    expect((await embedder.embed(['text'], never)).vectors).toEqual(vectorsOf(['text']));
  });

  test('one bad text fails alone, in each of its places, and is never cached', async () => {
    const reply = await embedder.embed(['good', 'poison', 'fine', 'poison'], never);
    expect(reply.failures.map(({ index }) => index)).toEqual([1, 3]);
    expect(reply.vectors.slice(4, 8)).toEqual(new Float32Array(4));
    expect(reply.vectors.slice(8, 12)).toEqual(vectorsOf(['fine']));
    await embedder.drain();
    expect([...cache.rows.keys()]).toEqual(['good', 'fine']);
  });

  test('a cache that cannot be written is reported and harms no batch', async () => {
    cache.failure = new Error('disk full');
    const reply = await embedder.embed(['text'], never);
    expect(reply.vectors).toEqual(vectorsOf(['text']));
    await embedder.drain();
    expect(cacheErrors).toEqual([cache.failure]);
    await embedder.embed(['text'], never);
    expect(provider.calls).toHaveLength(2);
  });
});
