// The secondary indexes against the definition: whatever is written, a selection holds what `matchesFilter` says.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldValue, matchesFilter } from '../../../src/filtering/match-filter.ts';
import { valueKey } from '../../../src/filtering/value-order.ts';
import type { Filter, FilterValue } from '../../../src/model/filter.ts';
import { countValues, facetBounds } from '../../../src/stages/index/facet-counts.ts';
import { type Selection, selectionBounds, selectLabels } from '../../../src/stages/index/label-selection.ts';
import { rebuildAttributes } from '../../../src/storage/attribute-rebuild.ts';
import { attributePairs, type DocumentRecord } from '../../../src/storage/document-record.ts';
import type { ShardStore } from '../../../src/storage/shard-store.ts';
import type { ShardWriter } from '../../../src/storage/shard-writer.ts';
import { randomFrom, wholeBetween } from '../../support/random.ts';
import { fieldName, type RandomFacts, randomFacts, randomFilter } from '../../support/random-filters.ts';
import { openShardStore } from '../../support/shard-store.ts';

const dimensions = 1;

type Change =
  | { readonly type: 'put'; readonly id: number; readonly facts: RandomFacts; readonly isContentNew: boolean }
  | { readonly type: 'remove'; readonly id: number };

const collectionNames = ['cases', 'articles'];
const id = fc.nat({ max: 29 });
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('put' as const),
      id,
      facts: randomFacts,
      isContentNew: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), id }) },
);
const batches = fc.array(fc.array(change, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 });

const keyOf = (number: number) => ({
  collection: collectionNames[number % 2] as string,
  id: `doc-${number}`,
});

function apply(writer: ShardWriter, step: Change, timeMs: number): void {
  const key = keyOf(step.id);
  const stored = writer.document(key);
  if (step.type === 'remove') {
    if (stored !== undefined) writer.remove(key, stored);
    return;
  }
  const { facts } = step;
  const keepsLabels = stored !== undefined && !step.isContentNew;
  const labels = keepsLabels ? stored.labels : writer.takeLabels(facts.chunks);
  const record: DocumentRecord = {
    title: 'title',
    body: 'body',
    mediaType: keepsLabels ? stored.mediaType : facts.mediaType,
    attributes: attributePairs(facts.attributes),
    updateTimeMs: facts.updateTimeMs,
    contentHash: 'hash',
    attributesHash: 'hash',
    text: 'title\nbody',
    spans: [0, 10],
    labels,
    generation: 'g',
    commitSequence: writer.nextSequence(),
    commitTimeMs: timeMs,
  };
  writer.put(key, record, stored, keepsLabels ? null : new Float32Array(labels.count * dimensions));
}

async function write(store: ShardStore, steps: readonly (readonly Change[])[]): Promise<void> {
  let timeMs = 1_700_000_000_000;
  for (const batch of steps) {
    timeMs += 1;
    await store.write((writer) => {
      for (const step of batch) apply(writer, step, timeMs);
    });
  }
}

/** The live labels that a selection lets through, against those of the documents that match. */
function expectDefinition(store: ShardStore, name: string, filter: Filter, selection: Selection): void {
  const expected: number[] = [];
  const found: number[] = [];
  let matching = 0;
  for (const { record } of store.documents(name, null, 1_000)) {
    const attributes = Object.fromEntries(record.attributes);
    const isMatch = matchesFilter(filter, { ...record, attributes });
    if (isMatch) matching++;
    for (let i = 0; i < record.labels.count; i++) {
      const label = record.labels.first + i;
      if (isMatch) expected.push(label);
      if (selection.passes(label)) found.push(label);
      if (isMatch && selection.labels !== null) expect(selection.labels.has(label)).toBe(true);
    }
  }
  expect(found).toEqual(expected);
  if (selection.isExact) {
    expect(selection.documents).toBe(matching);
    if (selection.labels !== null)
      expect([...selection.labels.labels()]).toEqual(expected.sort((a, b) => a - b));
  }
  selection.throwFault();
}

function expectAllFilters(store: ShardStore, filters: readonly Filter[]): void {
  for (const name of collectionNames) {
    const row = store.collection(name);
    if (row === undefined) continue;
    for (const filter of filters) {
      for (const bounds of [
        selectionBounds,
        { rangeRowsMax: 2, resolvedMax: 512, sampleMax: 8 },
        { rangeRowsMax: 1, resolvedMax: 0, sampleMax: 4 },
      ])
        expectDefinition(store, name, filter, selectLabels(store.attributes, row.number, filter, bounds));
    }
  }
}

test('a selection lets through what matches the filter and nothing else, whatever was written', async () => {
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.array(randomFilter, { minLength: 20, maxLength: 60 }),
      async (steps, filters) => {
        const store = openShardStore({ dimensions });
        await write(store, steps);
        expectAllFilters(store, filters);
      },
    ),
    { numRuns: Number(process.env['KMS_MODEL_RUNS'] ?? 40) },
  );
}, 120_000);

test('indexes made anew from the documents are those that were kept in step', async () => {
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.array(randomFilter, { minLength: 20, maxLength: 40 }),
      async (steps, filters) => {
        const store = openShardStore({ dimensions });
        await write(store, steps);
        await store.write((writer) => writer.clearAttributes());
        expect(store.hasAttributes).toBe(false);
        const seen: number[] = [];
        await rebuildAttributes(store, { onProgress: ({ done }) => seen.push(done) });
        expect(store.hasAttributes).toBe(true);
        expectAllFilters(store, filters);
        // And they can be kept in step from there.
        await write(store, steps);
        expectAllFilters(store, filters);
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);

/** Values and how many of the matching documents have them, counted one by one. */
function countByHand(store: ShardStore, name: string, field: string, filter: Filter): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { record } of store.documents(name, null, 1_000)) {
    const document = { ...record, attributes: Object.fromEntries(record.attributes) };
    const value = fieldValue(document, field);
    if (value === undefined || !matchesFilter(filter, document)) continue;
    const values = new Set(
      (Array.isArray(value) ? value : [value]).map((each: FilterValue) => valueKey(each)),
    );
    for (const key of values) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

test('facets count what one counts by hand, whichever way they take', async () => {
  const ways = [
    { ...facetBounds, askedFirstMax: 1_024, rowsMax: 0, askedMax: 0 },
    { ...facetBounds, askedFirstMax: -1, rowsMax: 10_000, askedMax: 0 },
    { ...facetBounds, askedFirstMax: -1, rowsMax: 0, askedMax: 1_000 },
  ];
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.array(fc.tuple(fieldName, randomFilter), { minLength: 10 }),
      async (steps, asks) => {
        const store = openShardStore({ dimensions });
        await write(store, steps);
        for (const name of collectionNames) {
          const row = store.collection(name);
          if (row === undefined) continue;
          for (const [field, filter] of asks) {
            const expected = countByHand(store, name, field, filter);
            for (const bounds of [selectionBounds, { rangeRowsMax: 1, resolvedMax: 0, sampleMax: 4 }]) {
              const selection = selectLabels(store.attributes, row.number, filter, bounds);
              for (const way of ways) {
                const question = { reader: store.attributes, collection: row.number, field, selection };
                const facet = countValues({ ...question, giveWay: () => undefined }, way);
                expect(
                  new Map(facet.values.map(({ value, documents }) => [valueKey(value), documents])),
                ).toEqual(expected);
                expect(facet.valueCount).toBe(expected.size);
              }
            }
          }
        }
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

test('values in more rows than are read in one go are all counted', async () => {
  const store = openShardStore({ dimensions });
  const count = 5_000;
  await store.write((writer) => {
    for (let i = 0; i < count; i++) {
      const attributes = { n: i % 4_500, text: `${'long '.repeat(60)}${i % 3}` };
      const facts: RandomFacts = { attributes, updateTimeMs: null, mediaType: 'text/plain', chunks: 2 };
      apply(writer, { type: 'put', id: i * 2, facts, isContentNew: true }, i);
    }
  });
  const selection = selectLabels(store.attributes, 1, { type: 'and', filters: [] });
  let turns = 0;
  const giveWay = () => {
    turns++;
  };
  const question = { reader: store.attributes, collection: 1, selection, giveWay };
  const numbers = countValues({ ...question, field: 'n' });
  expect(numbers.valueCount).toBe(4_500);
  expect(numbers.values[0]).toEqual({ value: 0, documents: 2 });
  expect(numbers.values.reduce((sum, { documents }) => sum + documents, 0)).toBe(count);
  expect(turns).toBeGreaterThan(0);
  const texts = countValues({ ...question, field: 'text' });
  expect(texts.values.map(({ value, documents }) => [String(value).slice(-1), documents])).toEqual([
    ['0', 1_667],
    ['1', 1_667],
    ['2', 1_666],
  ]);
});

test('a facet of too many values over too many documents is refused by name', async () => {
  const store = openShardStore({ dimensions });
  await store.write((writer) => {
    for (let i = 0; i < 20; i++) {
      const facts: RandomFacts = {
        attributes: { n: i },
        updateTimeMs: null,
        mediaType: 'text/plain',
        chunks: 1,
      };
      apply(writer, { type: 'put', id: i * 2, facts, isContentNew: true }, i);
    }
  });
  const selection = selectLabels(store.attributes, 1, { type: 'and', filters: [] });
  const question = {
    reader: store.attributes,
    collection: 1,
    field: 'n',
    selection,
    giveWay: () => undefined,
  };
  const bounds = { ...facetBounds, askedFirstMax: 5, rowsMax: 19, askedMax: 19 };
  expect(() => countValues(question, bounds)).toThrowError(
    expect.objectContaining({ code: 'invalid_argument', facts: { documents: 20, documentsMax: 19 } }),
  );
  // However few documents have them.
  expect(() => countValues(question, { ...facetBounds, valueBytesMax: 20 * 64 })).toThrowError(
    expect.objectContaining({ code: 'invalid_argument', facts: { documents: 20, documentsMax: 50_000 } }),
  );
});

test('documents with very many values are counted in turns that have a bound', async () => {
  const store = openShardStore({ dimensions });
  const lists = (i: number) =>
    Array.from({ length: 8 }, (_, list): [string, string[]] => [
      `list${list}`,
      Array.from({ length: 256 }, (_entry, entry) => `${i}-${entry}`),
    ]);
  await store.write((writer) => {
    for (let i = 0; i < 30; i++) {
      const attributes = Object.fromEntries(lists(i));
      const facts: RandomFacts = { attributes, updateTimeMs: null, mediaType: 'text/plain', chunks: 1 };
      apply(writer, { type: 'put', id: i * 2, facts, isContentNew: true }, i);
    }
  });
  const selection = selectLabels(store.attributes, 1, { type: 'and', filters: [] });
  let turns = 0;
  const giveWay = () => {
    turns++;
  };
  const facet = countValues({ reader: store.attributes, collection: 1, field: 'list3', selection, giveWay });
  expect(facet.valueCount).toBe(30 * 256);
  // One for each document, as each has 2,048 values; the others while the values are put in order.
  expect(turns).toBeGreaterThanOrEqual(30 + Math.floor((30 * 256) / 1_024));
});

test('a range finds exactly the values between its ends, however they are spread', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  const spreads: (() => number)[] = [
    () => random() * 1_000,
    () => wholeBetween(random, 1, 100_000),
    () => (random() - 0.5) * 2 ** wholeBetween(random, -30, 60),
    () => 1_700_000_000 + wholeBetween(random, 0, 30_000_000),
  ];
  const store = openShardStore({ dimensions });
  const values = spreads.map((spread) => Array.from({ length: 1_500 }, spread));
  await store.write((writer) => {
    for (let i = 0; i < 1_500; i++) {
      const attributes = Object.fromEntries(
        values.flatMap((field, f) => {
          const value = field[i] as number;
          return [[`n${f}`, value] as const, [`t${f}`, { timeMs: Math.round(value * 1_000) }] as const];
        }),
      );
      const facts: RandomFacts = { attributes, updateTimeMs: null, mediaType: 'text/plain', chunks: 1 };
      apply(writer, { type: 'put', id: i * 2, facts, isContentNew: true }, i);
    }
  });
  for (const [f, field] of values.entries()) {
    const sorted = field.toSorted((a, b) => a - b);
    for (let run = 0; run < 60; run++) {
      const from = wholeBetween(random, 0, 1_499);
      const to =
        run % 3 === 0
          ? Math.min(1_499, from + wholeBetween(random, 0, 20))
          : wholeBetween(random, from, 1_499);
      const [low, high] = [sorted[from] as number, sorted[to] as number];
      const isInclusive = random() < 0.5;
      const end = (number: number) => ({ value: number, isInclusive });
      const range = { type: 'range', field: `n${f}`, lower: end(low), upper: end(high) } as const;
      const time = (number: number) => ({ value: { timeMs: Math.round(number * 1_000) }, isInclusive });
      const times = { type: 'range', field: `t${f}`, lower: time(low), upper: time(high) } as const;
      for (const filter of [range, times]) {
        const selection = selectLabels(store.attributes, 1, filter, {
          ...selectionBounds,
          rangeRowsMax: 1e6,
        });
        const expected = field.filter((value) =>
          matchesFilter(filter, {
            attributes: { [`n${f}`]: value, [`t${f}`]: { timeMs: Math.round(value * 1_000) } },
            updateTimeMs: null,
            commitTimeMs: 0,
            mediaType: 'text/plain',
          }),
        ).length;
        expect([seed, filter, selection.documents]).toEqual([seed, filter, expected]);
      }
    }
  }
});
