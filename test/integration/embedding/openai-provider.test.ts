import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isOwnFault } from '../../../src/embedding/embedding-provider.ts';
import { serverError, tooMany } from '../../support/embedding-behaviour.ts';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { type ProviderUnderTest, providerFor } from '../../support/provider-under-test.ts';
import { wordVector } from '../../support/word-vectors.ts';

let server: EmbeddingServer;
let under: ProviderUnderTest;

beforeEach(async () => {
  server = await EmbeddingServer.start();
  under = providerFor(server);
});

afterEach(async () => {
  await under.close();
  await server.close();
});

const space = { model: 'word-model', dimensions: 32 };
const bulk = () => ({ lane: 'bulk', signal: new AbortController().signal }) as const;
const urgent = () => ({ lane: 'urgent', signal: new AbortController().signal }) as const;
const textsOf = (count: number) => Array.from({ length: count }, (_, i) => `case ${i} about printers`);

function expectVectors(vectors: Float32Array, texts: readonly string[]): void {
  const expected = texts.flatMap((text) => [...wordVector(text, space)]);
  expect(vectors).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(vectors[i]).toBeCloseTo(value, 5);
}

async function replaceServer(options: Parameters<typeof EmbeddingServer.start>[0]): Promise<void> {
  await under.close();
  await server.close();
  server = await EmbeddingServer.start(options);
  under = providerFor(server);
}

describe('answers', () => {
  test.each([{ isFloatOnly: false }, { isFloatOnly: true }])(
    'vectors come in the order of the texts, of unit length: %o',
    async (options) => {
      await replaceServer(options);
      const texts = textsOf(20);
      const { vectors, failures, tokens } = await under.provider.embed(texts, bulk());
      expectVectors(vectors, texts);
      expect(failures).toEqual([]);
      expect(tokens).toBe(server.tokens);
      expect(server.apiKey).toBe('secret-key');
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    ['the wrong number of dimensions', { type: 'wrong_dimensions' }],
    ['fewer vectors than texts', { type: 'fewer' }],
    ['half a body and a cut connection', { type: 'cut' }],
    ['a server error', serverError],
    ['429 without a word about when', tooMany({})],
  ] as const)('%s is asked again and nothing of it is kept', async (_, behaviour) => {
    server.next(behaviour, behaviour);
    const texts = textsOf(5);
    const { vectors, failures } = await under.provider.embed(texts, bulk());
    expectVectors(vectors, texts);
    expect(failures).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  test('a row with NaN is asked again alone, the rows beside it are kept', async () => {
    server.next({ type: 'nan' });
    const texts = textsOf(5);
    const { vectors, failures } = await under.provider.embed(texts, bulk());
    expectVectors(vectors, texts);
    expect(failures).toEqual([]);
    expect(server.requests.map((request) => request.texts.length)).toEqual([5, 1]);
  });

  test('a text longer than the API takes is cut, not refused', async () => {
    const { failures } = await under.provider.embed(['word '.repeat(20_000)], bulk());
    expect(failures).toEqual([]);
    expect(server.requests[0]?.texts[0]?.length).toBeLessThan(60_000);
  });
});

describe('batches', () => {
  test('one poisonous text fails alone, and each other text is paid for once', async () => {
    const texts = textsOf(100);
    texts[37] = 'POISON';
    const { vectors, failures } = await under.provider.embed(texts, bulk());
    expect(failures).toMatchObject([{ index: 37, fault: { code: 'invalid_argument' } }]);
    expect(failures.every(({ fault }) => isOwnFault(fault))).toBe(true);
    expectVectors(vectors.subarray(38 * 32), texts.slice(38));
    expect([...server.timesEmbedded.values()].every((times) => times === 1)).toBe(true);
    expect(server.timesEmbedded.size).toBe(99);
  });

  test('a text that breaks the service each time is at fault once the service answers for others', async () => {
    server.isBreaking = (text) => text === 'breaks the model';
    const [lone, others] = await Promise.all([
      under.provider.embed(['breaks the model'], bulk()),
      under.provider.embed(textsOf(3), bulk()),
    ]);
    expect(others.failures).toEqual([]);
    expect(lone.failures).toMatchObject([{ index: 0, fault: { code: 'poisoned' } }]);
    server.isBreaking = () => true;
    const down = await under.provider.embed(['breaks the model'], bulk());
    expect(down.failures).toMatchObject([{ index: 0, fault: { code: 'unavailable' } }]);
  });

  test('a batch that is too large is halved until it fits, and the next one fits at once', async () => {
    await replaceServer({ textsMax: 30 });
    const { failures } = await under.provider.embed(textsOf(200), bulk());
    expect(failures).toEqual([]);
    expect(server.textsEmbedded).toBe(200);
    server.forget();
    await under.provider.embed(textsOf(200), bulk());
    expect(server.requests.every(({ status }) => status === 200)).toBe(true);
  });

  test('a service that refuses everything is its own fault and not the texts’', async () => {
    server.isPoisonous = () => true;
    const { failures } = await under.provider.embed(textsOf(3), bulk());
    expect(failures).toHaveLength(3);
    expect(failures.map(({ fault }) => fault.code)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });
});

describe('waiting', () => {
  test.each([
    ['retry-after-ms', 400, () => ({ 'retry-after-ms': '400' })],
    ['seconds', 1_000, () => ({ 'retry-after': '1' })],
    // A date has whole seconds: two from now is at least one.
    ['an HTTP date', 900, () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() })],
  ])('nobody asks before a Retry-After in %s has passed', async (_, waitMs, headers) => {
    server.next(tooMany(headers()));
    const first = under.provider.embed(['the first'], bulk());
    await expect.poll(() => under.outcomes).toEqual(['limited']);
    await Promise.all([
      first,
      under.provider.embed(['another'], bulk()),
      under.provider.embed(['a query'], urgent()),
    ]);
    const [refused, ...later] = server.requests;
    expect(later).toHaveLength(3);
    for (const { timeMs } of later) expect(timeMs - (refused?.timeMs ?? 0)).toBeGreaterThanOrEqual(waitMs);
    expect(server.earlyRequests).toBe(0);
  });

  test('a cancelled call ends at once, whether it waits for its turn or for a body that never comes', async () => {
    server.next({ type: 'slow', delayMs: null }, tooMany({ 'retry-after': '60' }));
    for (const text of ['body', 'turn']) {
      const controller = new AbortController();
      const call = under.provider.embed([text], { lane: 'bulk', signal: controller.signal });
      await expect.poll(() => server.requests.some(({ texts }) => texts[0] === text)).toBe(true);
      controller.abort();
      expect((await call).failures).toMatchObject([{ index: 0, fault: { code: 'cancelled' } }]);
    }
  });

  test('what got through before a cancellation is kept', async () => {
    const texts = Array.from({ length: 8 }, (_, i) => `long ${i} `.repeat(4_000)); // four fill a request
    server.next({ type: 'held', until: Promise.resolve() }, { type: 'slow', delayMs: null });
    const controller = new AbortController();
    const call = under.provider.embed(texts, { lane: 'bulk', signal: controller.signal });
    await expect.poll(() => [server.requests.length, ...under.outcomes]).toEqual([2, 'rows']);
    controller.abort();
    const { failures, vectors } = await call;
    expect(failures).toHaveLength(4);
    expect(failures.every(({ fault }) => fault.code === 'cancelled')).toBe(true);
    const failed = failures.map(({ index }) => index);
    for (const index of texts.keys()) {
      const norm = Math.hypot(...vectors.subarray(32 * index, 32 * (index + 1)));
      expect(norm).toBeCloseTo(failed.includes(index) ? 0 : 1, 5);
    }
  });

  test('a query is told at once that the service asks for a long wait', async () => {
    server.next(tooMany({ 'retry-after': '60' }));
    const { failures } = await under.provider.embed(['query'], urgent());
    expect(failures).toMatchObject([{ fault: { code: 'unavailable' } }]);
    expect(Number(failures[0]?.fault.facts['retryAfterMs'])).toBeGreaterThan(50_000);
  });

  test('the owner sees life while the service takes its time', async () => {
    let open = () => {};
    const until = new Promise<void>((resolve) => {
      open = resolve;
    });
    server.next({ type: 'held', until });
    const call = under.provider.embed(['slow'], bulk());
    await expect.poll(() => under.signsOfLife, { timeout: 10_000 }).toBeGreaterThan(1);
    open();
    await call;
  }, 15_000);
});

describe('a service that is down', () => {
  test('opens the breaker: queries are told at once, nothing more is sent', async () => {
    server.always({ type: 'status', status: 401, message: 'wrong key' });
    const call = under.provider.embed(['first'], urgent());
    expect((await call).failures).toMatchObject([{ fault: { code: 'unavailable' } }]);
    const sent = server.requests.length;
    const { failures } = await under.provider.embed(['second'], urgent());
    expect(failures).toMatchObject([
      { fault: { code: 'unavailable', message: expect.stringContaining('wrong key') } },
    ]);
    expect(isOwnFault(failures[0]?.fault as never)).toBe(false);
    expect(server.requests).toHaveLength(sent);
    expect(under.provider.stats?.()).toMatchObject({ breaker: 'open' });
  });

  test('a load waits for it to come back and loses nothing', async () => {
    server.always({ type: 'status', status: 503 });
    const texts = textsOf(4);
    const call = under.provider.embed(texts, bulk());
    await expect.poll(() => under.breakerStates.includes('open'), { timeout: 20_000 }).toBe(true);
    server.always(null);
    const { vectors, failures } = await call;
    expect(failures).toEqual([]);
    expectVectors(vectors, texts);
    expect(under.breakerStates.at(-1)).toBe('closed');
  }, 30_000);
});

describe('the budget of a day', () => {
  const limits = { budgetDollarsPerDay: 0.001, dollarsPerMillionTokens: 20 }; // 50 tokens

  test('stops loads, lets queries pass, and outlives a restart', async () => {
    await under.close();
    const dataDir = mkdtempSync(join(tmpdir(), 'kms-budget-'));
    under = providerFor(server, { limits, dataDir });
    expect((await under.provider.embed(textsOf(4), bulk())).failures).toEqual([]);
    const refused = await under.provider.embed(textsOf(10), bulk());
    expect(refused.failures).toHaveLength(10);
    expect(refused.failures[0]?.fault).toMatchObject({ code: 'resource_exhausted' });
    expect(refused.failures.some(({ fault }) => isOwnFault(fault))).toBe(false);
    expect((await under.provider.embed(['a query that costs something'], urgent())).failures).toEqual([]);
    const left = Number(under.provider.stats?.()['budget_left_dollars']);
    expect(left).toBeCloseTo(limits.budgetDollarsPerDay - under.spentDollars, 9);
    await under.close();
    under = providerFor(server, { limits, dataDir });
    expect(Number(under.provider.stats?.()['budget_left_dollars'])).toBeCloseTo(left, 9);
    await under.close();
    rmSync(dataDir, { recursive: true, force: true });
    under = providerFor(server);
  });

  test('refused requests cost nothing', async () => {
    await under.close();
    under = providerFor(server, { limits });
    server.next(serverError, tooMany({}));
    await under.provider.embed(['some text'], bulk());
    const left = Number(under.provider.stats?.()['budget_left_dollars']);
    expect(left).toBeCloseTo(limits.budgetDollarsPerDay - (server.tokens * 20) / 1e6, 9);
  });
});
