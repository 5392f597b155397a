// The static model with the real weights, distilled for a slice of the vocabulary: what a text needs to be told apart.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgedDataDir, readStsbTest, scoreStsb } from '../../../native-bench/stsb-score.ts';
import { KmsError } from '../../../src/base/errors.ts';
import { noEmbeddingLimits } from '../../../src/embedding/embedding-limits.ts';
import type { EmbeddingProvider } from '../../../src/embedding/embedding-provider.ts';
import { loadMiniLmTokenizer } from '../../../src/embedding/minilm/minilm-tokenizer.ts';
import { openStaticProvider } from '../../../src/embedding/static/static-provider.ts';
import { createEmbedActor } from '../../../src/stages/embed/embed.actor.ts';
import { testActorContext, testTaskContext } from '../../support/actor-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { sampleTexts } from './sample-texts.ts';

const tokenizer = loadMiniLmTokenizer();
const never = new AbortController().signal;
const question = 'How do I reset my password?';
const paraphrase = 'I forgot my login credentials and need a new password.';
const other = 'The printer is out of paper.';
const emptyText = 101;
const unknown = 100;

/** The tokens of the texts, with some more around them so that there is a mean to take away. */
function idsFor(texts: readonly string[]): number[] {
  const ids = new Set([emptyText, unknown, ...texts.flatMap((text) => tokenizer.encode(text))]);
  for (let id = 2_000; id < 8_000; id += 20) ids.add(id);
  ids.delete(102);
  return [...ids].sort((a, b) => a - b);
}

const ids = idsFor([...sampleTexts, question, paraphrase, other]);
let dataDir: string;
let provider: EmbeddingProvider;
let distilled = 0;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'kms-static-'));
  provider = await openStaticProvider({
    dataDir,
    ids,
    onDistilled: (done) => {
      distilled = done;
    },
  });
});

afterAll(async () => {
  await provider.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const embed = async (text: string) => (await provider.embed([text], { lane: 'bulk', signal: never })).vectors;

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

test('the provider says which vectors it makes, and was told of each token that it distilled', () => {
  expect(provider.model).toBe('minilm-static-v1');
  expect(provider.dimensions).toBe(384);
  expect(distilled).toBe(ids.length);
});

test('a text has the same vector to the bit: alone or among others, as a query or in bulk', async () => {
  const bulk = await provider.embed(sampleTexts, { lane: 'bulk', signal: never });
  const urgent = await provider.embed(sampleTexts, { lane: 'urgent', signal: never });
  expect(bulk.vectors).toEqual(urgent.vectors);
  expect(bulk).toMatchObject({ failures: [], tokens: urgent.tokens });
  for (const [index, text] of sampleTexts.entries())
    expect(await embed(text)).toEqual(bulk.vectors.slice(index * 384, (index + 1) * 384));
});

test('the order of words says nothing', async () => {
  const words = 'the printer on third floor reports error since update'.split(' ');
  const vector = await embed(words.join(' '));
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(words, { minLength: words.length }), async (shuffled) => {
      expect(await embed(shuffled.join(' '))).toEqual(vector);
    }),
    { numRuns: 20 },
  );
});

test('every text has a vector of unit length, also one without a word that is known', async () => {
  const texts = ['', ' \n', '\u{1f9ff}', '[CLS] [SEP]', '٪؋', '\u{10ffff}\u{10ffff}', ...sampleTexts];
  for (const text of texts) {
    const vector = await embed(text);
    expect(cosine(vector, vector)).toBeCloseTo(1, 5);
  }
  expect(await embed('')).toEqual(await embed('[CLS] [SEP]'));
  expect(await embed('\u{10ffff}')).toEqual(await embed('\u{10ffff} \u{10ffff}'));
});

test('a paraphrase is nearer than another subject', async () => {
  const [asked, same, different] = await Promise.all([question, paraphrase, other].map(embed));
  if (!asked || !same || !different) throw new Error('three vectors');
  expect(cosine(asked, same)).toBeGreaterThan(cosine(asked, different) + 0.2);
});

test('what stands after token 256 does not count', async () => {
  const full = 'printer '.repeat(254);
  expect(await embed(`${full}password`)).toEqual(await embed(full));
  expect(await embed(`${'printer '.repeat(253)}password`)).not.toEqual(await embed(full));
});

test('a table is distilled once, and again when its file is torn or altered', async () => {
  const folder = join(dataDir, 'models');
  const name = readdirSync(folder).find((each) => each.endsWith('.table')) ?? '';
  const whole = readFileSync(join(folder, name));
  const opened = async () => {
    let isDistilled = false;
    const again = await openStaticProvider({
      dataDir,
      ids,
      onDistilled: () => {
        isDistilled = true;
      },
    });
    const { vectors } = await again.embed([question], { lane: 'bulk', signal: never });
    expect(vectors).toEqual(await embed(question));
    return isDistilled;
  };
  expect(await opened()).toBe(false);
  writeFileSync(join(folder, name), whole.subarray(0, 100_000));
  expect(await opened()).toBe(true);
  const altered = Buffer.from(whole);
  altered[5_000_000] = (altered[5_000_000] as number) ^ 1;
  writeFileSync(join(folder, name), altered);
  expect(await opened()).toBe(true);
  expect(readFileSync(join(folder, name)).equals(whole)).toBe(true);
});

test('nothing of the transformer stays beside the table', () => {
  expect(readdirSync(join(dataDir, 'models')).toSorted()).toEqual([
    expect.stringMatching(/^minilm-static-v1-[0-9a-f]{16}\.table$/),
    expect.stringMatching(/\.table\.sha256$/),
  ]);
});

test('an aborted call keeps the reason that it was aborted with, and stops before the next texts', async () => {
  const abort = new AbortController();
  const many = Array.from({ length: 5_000 }, () => sampleTexts.at(-1) ?? '');
  let pieces = 0;
  const slow = await openStaticProvider({ dataDir, ids, onProgress: () => ++pieces === 2 && abort.abort() });
  await expect(slow.embed(many, { lane: 'bulk', signal: abort.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(pieces).toBe(2);
  const late = AbortSignal.abort(new KmsError('deadline_exceeded', 'too late'));
  await expect(provider.embed(['text'], { lane: 'urgent', signal: late })).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
});

test('a query is answered while bulk work is under way', async () => {
  const order: string[] = [];
  const many = Array.from({ length: 500 }, (_, index) => `disk ${index} is full `.repeat(20));
  const bulk = provider.embed(many, { lane: 'bulk', signal: never }).then(() => order.push('bulk'));
  await provider.embed(['disk full'], { lane: 'urgent', signal: never }).then(() => order.push('query'));
  await bulk;
  expect(order).toEqual(['query', 'bulk']);
});

test('the embed actor keeps no cache of vectors that are cheaper to compute', async () => {
  const folder = temporaryFolder();
  const actor = createEmbedActor(
    testActorContext(),
    {
      dataDir: folder,
      spec: { provider: 'static' },
      limits: noEmbeddingLimits,
      cleanerVersion: 1,
      threadsMin: 1,
      threadsMax: 1,
      cacheBytesMax: 1e7,
    },
    async () => provider,
  );
  await actor.start();
  const batch = await actor.tasks.embed({ texts: [question, question] }, testTaskContext());
  expect(batch).toMatchObject({ cacheHits: 0, failures: [] });
  expect(batch.vectors.slice(0, 384)).toEqual(await embed(question));
  expect(actor.stats?.()).toMatchObject({ model: 'minilm-static-v1', cache_entries: 0 });
  await actor.stop();
  expect(existsSync(join(folder, 'embedding-cache'))).toBe(false);
});

const pairs = readStsbTest(judgedDataDir());

test.skipIf(pairs === null)(
  'the static model ranks the STS-B test pairs as docs/embedding.md says',
  async () => {
    if (pairs === null) return;
    const texts = pairs.flatMap(({ first, second }) => [first, second]);
    const judged = await openStaticProvider({ dataDir: temporaryFolder(), ids: idsFor(texts) });
    const score = await scoreStsb(
      pairs,
      async (some) => (await judged.embed(some, { lane: 'bulk', signal: never })).vectors,
    );
    console.info(`STS-B test Spearman, ${judged.model}, its tokens alone: ${score.toFixed(4)}`);
    expect(score).toBeGreaterThanOrEqual(0.68);
  },
  120_000,
);
