// A shard against the simplest thing that could be right: a map and a full scan. Small limits, so that tail, graph,
// rebuilds and snapshots all take part within a few dozen steps.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom, unitVector } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';

const dimensions = 8;
const collections = ['cases', 'articles'];

type Step =
  | {
      readonly type: 'upsert';
      readonly ids: readonly number[];
      readonly chunks: number;
      readonly seed: number;
    }
  | { readonly type: 'attributes'; readonly id: number; readonly seed: number }
  | { readonly type: 'delete'; readonly ids: readonly number[] }
  | { readonly type: 'work'; readonly units: number }
  | { readonly type: 'snapshot' }
  /** Upserts in flight together, with a snapshot and background work among them. */
  | { readonly type: 'storm'; readonly batches: readonly (readonly number[])[]; readonly seed: number }
  | { readonly type: 'restart' }
  | { readonly type: 'crash' };

const id = fc.nat({ max: 119 });
const ids = fc.array(id, { minLength: 1, maxLength: 40 });
const seed = fc.nat();
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('upsert'), ids, chunks: fc.integer({ min: 1, max: 3 }), seed }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('attributes'), id, seed }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('delete'), ids }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('work'), units: fc.nat({ max: 200 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('snapshot') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('storm'),
      batches: fc.array(ids, { minLength: 2, maxLength: 5 }),
      seed,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash') }) },
);

interface ModelDocument {
  readonly vectors: readonly Float32Array[];
  readonly contentHash: string;
  readonly attributesHash: string;
  readonly sequence: number;
}

type Model = Map<string, ModelDocument>;

const collectionOf = (number: number) => collections[number % 2] as string;
const keyOf = (number: number) => `${collectionOf(number)}/doc-${number}`;

let upserts = 0;

async function upsert(
  driver: ShardDriver,
  model: Model,
  step: { readonly ids: readonly number[]; readonly chunks: number; readonly seed: number },
): Promise<void> {
  upserts++;
  // No two upserts with the same vectors: ties have no right order.
  const random = randomFrom(step.seed + upserts * 7_919);
  const specs = step.ids.map((number, i): DocumentSpec & { number: number } => ({
    number,
    id: `doc-${number}`,
    collection: collectionOf(number),
    vectors: Array.from({ length: step.chunks }, () => unitVector(random, dimensions)),
    contentHash: `${upserts}-${i}`,
  }));
  const receipts = await driver.commit(specs);
  for (const [i, spec] of specs.entries()) {
    const receipt = receipts[i];
    if (receipt?.type !== 'written') throw new Error(`expected a write, got ${receipt?.type}`);
    const { vectors, contentHash } = spec;
    const known = model.get(keyOf(spec.number));
    // Answers of commits in flight may come in any order; what counts is the order of the commits.
    if (known !== undefined && known.sequence > receipt.commitSequence) continue;
    model.set(keyOf(spec.number), {
      vectors,
      contentHash,
      attributesHash: 'a',
      sequence: receipt.commitSequence,
    });
  }
}

async function apply(driver: ShardDriver, model: Model, step: Step): Promise<ShardDriver> {
  switch (step.type) {
    case 'upsert':
      await upsert(driver, model, step);
      return driver;
    case 'storm': {
      const random = randomFrom(step.seed);
      const tasks: Promise<unknown>[] = [driver.snapshot()];
      for (const ids of step.batches) {
        tasks.push(
          upsert(driver, model, { ids, chunks: 1 + Math.floor(random() * 2), seed: random() * 2 ** 31 }),
        );
        driver.work(Math.floor(random() * 20));
        if (random() < 0.3) tasks.push(driver.snapshot());
      }
      const done = Promise.all(tasks);
      let isDone = false;
      void done.finally(() => {
        isDone = true;
      });
      while (!isDone) {
        driver.work(1 + Math.floor(random() * 10));
        const hits = await driver.search(unitVector(random, dimensions), { limit: 50, withDocuments: true });
        expect(new Set(hits.map(({ id }) => id)).size).toBe(hits.length);
        expect(hits.every(({ document }) => document !== null)).toBe(true);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
      return driver;
    }
    case 'attributes': {
      const known = model.get(keyOf(step.id));
      const attributesHash = `attributes-${step.seed}`;
      const spec = { id: `doc-${step.id}`, collection: collectionOf(step.id), vectors: [], attributesHash };
      const [receipt] = await driver.commit([{ ...spec, contentHash: known?.contentHash ?? 'none' }]);
      if (known === undefined) expect(receipt).toEqual({ type: 'stale' });
      else if (receipt?.type === 'written')
        model.set(keyOf(step.id), { ...known, attributesHash, sequence: receipt.commitSequence });
      else expect(receipt).toEqual({ type: 'identical', commitSequence: known.sequence });
      return driver;
    }
    case 'delete': {
      for (const number of step.ids) {
        const [sequence] = await driver.delete([`doc-${number}`], collectionOf(number));
        expect(sequence !== null).toBe(model.delete(keyOf(number)));
      }
      return driver;
    }
    case 'work':
      driver.work(step.units);
      return driver;
    case 'snapshot':
      await driver.snapshot();
      return driver;
    case 'restart':
      return undoubted(await driver.restart());
    case 'crash':
      return undoubted(await driver.crash());
  }
}

/** The snapshot and the log were enough: the start had to repair nothing. */
function undoubted(driver: ShardDriver): ShardDriver {
  expect(driver.context.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  return driver;
}

function bruteForce(model: Model, query: Float32Array, limit: number): { key: string; cosine: number }[] {
  const scored = [...model].map(([key, { vectors }]) => ({
    key,
    cosine: Math.max(
      ...vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * (query[i] as number), 0)),
    ),
  }));
  return scored.sort((a, b) => b.cosine - a.cosine).slice(0, limit);
}

async function check(driver: ShardDriver, model: Model, random: () => number): Promise<void> {
  const query = unitVector(random, dimensions);
  for (const limit of [1, 7, 200]) {
    const expected = bruteForce(model, query, limit);
    const exact = await driver.search(query, { limit, isExact: true });
    expect(exact.map((hit) => `${hit.collection}/${hit.id}`)).toEqual(expected.map(({ key }) => key));
    for (const [i, hit] of exact.entries()) expect(hit.cosine).toBeCloseTo(expected[i]?.cosine ?? 2, 4);
    const approximate = await driver.search(query, { limit });
    expect(approximate.length).toBe(expected.length);
    expect(new Set(approximate.map((hit) => `${hit.collection}/${hit.id}`)).size).toBe(expected.length);
  }
  for (const [key, { vectors }] of model) {
    for (const [chunk, vector] of vectors.entries()) {
      const [hit] = await driver.search(vector, { limit: 1 });
      expect([`${hit?.collection}/${hit?.id}`, hit?.chunk]).toEqual([key, chunk]);
      expect(hit?.cosine).toBeCloseTo(1, 4);
    }
  }
  for (const name of collections) {
    const documents = [...model.keys()].filter((key) => key.startsWith(`${name}/`)).length;
    if (documents > 0) expect((await driver.collection(name)).documents).toBe(documents);
  }
}

test('whatever happens to a shard, it answers as a map with a full scan would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), seed, async (steps, checkSeed) => {
      const random = randomFrom(checkSeed);
      const model: Model = new Map();
      let driver = await ShardDriver.start({
        exactMax: 12,
        snapshotChangesMin: 60,
        rebuildTombstonesMin: 10,
      });
      for (const [i, next] of steps.entries()) {
        driver = await apply(driver, model, next);
        if (i % 5 === 0) await check(driver, model, random);
      }
      await check(driver, model, random);
      driver.work();
      await check(driver, model, random);
      driver = await driver.crash();
      await check(driver, model, random);
      await driver.kill();
    }),
    { numRuns: Number(process.env['KMS_MODEL_RUNS'] ?? 40) },
  );
}, 240_000);
