// A shard against the simplest thing that could be right: a map and a full scan. Small limits, so that tail, graph,
// rebuilds and snapshots all take part within a few dozen steps.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeQuery } from '../../../src/lexical/analyze-query.ts';
import type { Filter } from '../../../src/model/filter.ts';
import type { Constraint, ShardHit } from '../../../src/stages/index/index-messages.ts';
import { testTaskContext } from '../../support/actor-context.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';
import {
  colours,
  type ModelText,
  modelAttributes,
  modelPasses,
  modelScore,
  modelText,
  randomWords,
} from '../../support/word-model.ts';

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

interface ModelDocument extends ModelText {
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
    text: modelText(random),
    attributes: modelAttributes(random),
  }));
  const receipts = await driver.commit(specs);
  for (const [i, spec] of specs.entries()) {
    const receipt = receipts[i];
    if (receipt?.type !== 'written') throw new Error(`expected a write, got ${receipt?.type}`);
    const { vectors, contentHash, text = '', attributes = {} } = spec;
    const known = model.get(keyOf(spec.number));
    // Answers of commits in flight may come in any order; what counts is the order of the commits.
    if (known !== undefined && known.sequence > receipt.commitSequence) continue;
    model.set(keyOf(spec.number), {
      vectors,
      contentHash,
      text,
      attributes,
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
        await driver.work(Math.floor(random() * 20));
        if (random() < 0.3) tasks.push(driver.snapshot());
      }
      const done = Promise.all(tasks);
      let isDone = false;
      void done.finally(() => {
        isDone = true;
      });
      while (!isDone) {
        await driver.work(1 + Math.floor(random() * 10));
        const page = await driver.page(unitVector(random, dimensions), { limit: 50 });
        expect(new Set(page.hits.map(({ document }) => document.id)).size).toBe(page.hits.length);
        // What was found has a document.
        expect(page.hits.length).toBe(page.semanticCandidates);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
      return driver;
    }
    case 'attributes': {
      const known = model.get(keyOf(step.id));
      const attributesHash = `attributes-${step.seed}`;
      const attributes = modelAttributes(randomFrom(step.seed));
      const changed = { vectors: [], attributesHash, attributes };
      const spec = { id: `doc-${step.id}`, collection: collectionOf(step.id), ...changed };
      const [receipt] = await driver.commit([{ ...spec, contentHash: known?.contentHash ?? 'none' }]);
      if (known === undefined) expect(receipt).toEqual({ type: 'stale' });
      else if (receipt?.type === 'written')
        model.set(keyOf(step.id), {
          ...known,
          attributes,
          attributesHash,
          sequence: receipt.commitSequence,
        });
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
      await driver.work(step.units);
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

const keysOf = (hits: readonly ShardHit[]) => hits.map(({ collection, id }) => `${collection}/${id}`);

/** Words alone: the same scores as by the formula, and as many hits as there are. */
async function checkWords(driver: ShardDriver, model: Model, random: () => number): Promise<void> {
  const text = randomWords(random, 1 + Math.floor(random() * 4));
  const lexical = await driver.lexicalQuery(text);
  const scored = [...model]
    .map(([key, document]) => ({ key, score: lexical === null ? 0 : modelScore(document, lexical) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  for (const limit of [5, 200]) {
    const hits = await driver.searchWords(text, { limit });
    expect(hits.length).toBe(Math.min(limit, scored.length));
    for (const [i, hit] of hits.entries()) expect(hit.lexicalScore).toBeCloseTo(scored[i]?.score ?? -1, 9);
    if (limit === 200) expect(keysOf(hits).sort()).toEqual(scored.map(({ key }) => key).sort());
  }
}

function randomConstraint(random: () => number): Constraint {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const rank = Math.floor(random() * 1_000);
  const filters: Filter[] = [
    { type: 'in', field: 'colour', values: [pick(colours)] },
    { type: 'range', field: 'rank', lower: { value: rank, isInclusive: true }, upper: null },
    { type: 'exists', field: 'open' },
    { type: 'not', filter: { type: 'in', field: 'open', values: [true] } },
  ];
  const phrase = () => {
    const text = randomWords(random, 1 + Math.floor(random() * 2));
    return { text, terms: analyzeQuery(text).tokens.map(({ term }) => term) };
  };
  return {
    filter: pick([null, ...filters, { type: 'and', filters: [pick(filters), pick(filters)] } as const]),
    phrases: random() < 0.4 ? [phrase()] : [],
    excludedTerms: random() < 0.3 ? phrase().terms.slice(0, 1) : [],
    excludedPhrases: random() < 0.3 ? [phrase()] : [],
  };
}

/** Words and vectors together, among those that pass: every hit has both of its scores, and none is missing. */
async function checkConstrained(driver: ShardDriver, model: Model, random: () => number): Promise<void> {
  const constraint = randomConstraint(random);
  const passing = new Map([...model].filter(([, document]) => modelPasses(document, constraint)));
  const query = unitVector(random, dimensions);
  const lexical = await driver.lexicalQuery(randomWords(random, 2));
  const facets = [{ field: 'colour', limit: 10 }];
  const shared = { vectors: query, limit: 200, constraint, facets };
  const nearest = await driver.ask(shared);
  expect(keysOf(nearest.hits[0] ?? [])).toEqual(bruteForce(passing, query, 200).map(({ key }) => key));
  expect(nearest.passing).toBe(passing.size);
  const counts = new Map<string, number>();
  for (const { attributes } of passing.values()) {
    const colour = attributes['colour'];
    if (typeof colour === 'string') counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const counted = nearest.facets[0]?.values.map(({ value, documents }) => [value, documents] as const);
  expect(new Map(counted)).toEqual(counts);
  if (lexical === null) return;
  const { hits } = await driver.ask({ ...shared, limit: 7, rows: [{ lexical, pins: null }] });
  for (const hit of hits[0] ?? []) {
    const key = `${hit.collection}/${hit.id}`;
    const document = passing.get(key);
    if (document === undefined) throw new Error(`${key} does not pass`);
    expect(hit.lexicalScore).toBeCloseTo(modelScore(document, lexical), 9);
    expect(hit.cosine).toBeCloseTo(bruteForce(new Map([[key, document]]), query, 1)[0]?.cosine ?? 2, 4);
    expect(hit.isSemantic || hit.isLexical).toBe(true);
  }
  const semantic = (hits[0] ?? []).filter(({ isSemantic }) => isSemantic);
  expect(semantic.length).toBe(Math.min(7, passing.size));
  const matching = [...passing.values()].filter((document) => modelScore(document, lexical) > 0).length;
  expect((hits[0] ?? []).filter(({ isLexical }) => isLexical).length).toBe(Math.min(7, matching));
}

/** Page by page, those that pass, in order. */
async function checkList(driver: ShardDriver, model: Model, random: () => number): Promise<void> {
  const { filter } = randomConstraint(random);
  const collection = collections[0] as string;
  const listed: string[] = [];
  let afterId: string | null = null;
  do {
    const page = { collection, afterId, limit: 7, omitBody: true, filter };
    const { documents, lastId } = await driver.actor.tasks.list(page, testTaskContext());
    listed.push(...documents.map(({ id }) => id));
    afterId = lastId;
  } while (afterId !== null);
  const only = { filter, phrases: [], excludedTerms: [], excludedPhrases: [] };
  const expected = [...model].filter(
    ([key, document]) => key.startsWith(`${collection}/`) && modelPasses(document, only),
  );
  expect(listed).toEqual(expected.map(([key]) => key.slice(collection.length + 1)).sort());
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
  for (let i = 0; i < 3; i++) {
    await checkWords(driver, model, random);
    await checkConstrained(driver, model, random);
    await checkList(driver, model, random);
  }
  expect(driver.actor.stats?.()['lexical_documents']).toBe(model.size);
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
        scannedLabelsMax: 5,
        lexical: { memtable: { documentsMax: 12, postingsMax: 500 } },
      });
      for (const [i, next] of steps.entries()) {
        driver = await apply(driver, model, next);
        if (i % 5 === 0) await check(driver, model, random);
      }
      await check(driver, model, random);
      await driver.work();
      await check(driver, model, random);
      driver = await driver.crash();
      await check(driver, model, random);
      await driver.kill();
    }),
    { numRuns: Number(process.env['KMS_MODEL_RUNS'] ?? 40) },
  );
}, 480_000);
