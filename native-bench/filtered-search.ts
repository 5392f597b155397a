// Filtered searches over 100,000 vectors in one shard, without gRPC around it: how many of the ten that a comparison with
// every passing vector finds are found, and how long it takes, by how many documents pass and by the kind of filter.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeDocument } from '../src/lexical/analyze-text.ts';
import type { Filter, FilterValue } from '../src/model/filter.ts';
import { createIndexActor } from '../src/stages/index/index.actor.ts';
import type { CommitItem, ShardAnswer } from '../src/stages/index/index-messages.ts';
import { CommitSequence } from '../src/storage/commit-sequence.ts';
import { testActorContext, testTaskContext } from '../test/support/actor-context.ts';
import { randomFrom, wholeBetween } from '../test/support/random.ts';
import { clusteredVectors } from './bench-data.ts';
import { type Figure, figure, quantile, report } from './bench-report.ts';

const dimensions = 384;
const stored = Number(process.env['KMS_BENCH_DOCUMENTS'] ?? 100_000);
const queriesPerFilter = Number(process.env['KMS_BENCH_QUERIES'] ?? 50);
const limit = 10;
const batch = 128;

const vectors = clusteredVectors(stored + queriesPerFilter, dimensions, 11);
const vectorOf = (row: number) => vectors.slice(row * dimensions, (row + 1) * dimensions);
const random = randomFrom(23);
const content = { text: 'case', spans: [0, 4], titleLength: 0, lexical: analyzeDocument('', 'case') };

/** One value in so many documents, of each of these fields; and a number that no two documents share. */
const shares = { half: 2, team: 20, customer: 200, release: 2_000 };
type Field = keyof typeof shares;

function item(row: number): CommitItem {
  const attributes: Record<string, FilterValue> = { number: (row * 7_919) % stored };
  for (const [field, values] of Object.entries(shares))
    attributes[field] = `v${wholeBetween(random, 0, values - 1)}`;
  return {
    collection: 'cases',
    id: `v-${row}`,
    title: '',
    body: 'case',
    mediaType: 'text/plain',
    attributes,
    updateTimeMs: null,
    contentHash: `${row}`,
    attributesHash: 'a',
    content,
  };
}

/** Filters of several kinds that the same share of the documents passes. */
function filtersOf(field: Field): Readonly<Record<string, Filter>> {
  const value = (name: Field, number: number): Filter => ({
    type: 'in',
    field: name,
    values: [`v${number}`],
  });
  const passing = Math.round(stored / shares[field]);
  const from = wholeBetween(random, 0, stored - passing);
  const range = (count: number): Filter => ({
    type: 'range',
    field: 'number',
    lower: { value: from, isInclusive: true },
    upper: { value: from + count, isInclusive: false },
  });
  return {
    equality: value(field, 1),
    'range of unique numbers': range(passing),
    'in, and, not': {
      type: 'and',
      filters: [
        { type: 'in', field, values: ['v0', 'v1'] },
        { type: 'not', filter: value('half', 0) },
      ],
    },
    or: { type: 'or', filters: [value(field, 0), range(Math.round(passing / 10))] },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'kms-bench-'));
const actor = createIndexActor(testActorContext(), {
  dataDir: folder,
  shard: 0,
  shardCount: 1,
  dimensions,
  generation: 'bench',
  m: 16,
  efConstruction: 100,
  efSearch: 64,
  tailMax: 10_000,
  exactMax: 1_000,
  snapshotChangesMin: Number.MAX_SAFE_INTEGER,
  mapBytesMax: 2 ** 33,
  sequence: new CommitSequence().shared,
});

async function search(row: number, filter: Filter, isExact: boolean): Promise<ShardAnswer> {
  const query = {
    vectors: vectorOf(row),
    queryCount: 1,
    rows: [],
    collections: ['cases'],
    limit,
    ef: null,
    isExact,
    exclude: [],
    constraint: { filter, phrases: [], excludedTerms: [], excludedPhrases: [] },
    facets: [],
    withDocuments: false,
    withVectors: false,
    omitBody: false,
  };
  return actor.tasks.search(query, testTaskContext({ lane: 'urgent' }));
}

/** Recall@10 against the exact scan, latencies, and which ways were taken. */
async function measure(filter: Filter): Promise<{ recall: number; samples: number[]; plans: Set<string> }> {
  const samples: number[] = [];
  const plans = new Set<string>();
  let [found, expected] = [0, 0];
  for (let i = 0; i < queriesPerFilter; i++) {
    const row = stored + i;
    const exact = new Set((await search(row, filter, true)).hits[0]?.map(({ id }) => id));
    const startMs = performance.now();
    const answer = await search(row, filter, false);
    samples.push(performance.now() - startMs);
    plans.add(answer.filterPlan);
    expected += exact.size;
    found += answer.hits[0]?.filter(({ id }) => exact.has(id)).length ?? 0;
  }
  return { recall: found / expected, samples, plans };
}

await actor.start();
console.log(`loading ${stored} documents`);
for (let row = 0; row < stored; row += batch) {
  const end = Math.min(stored, row + batch);
  const items = Array.from({ length: end - row }, (_, i) => item(row + i));
  const packed = vectors.slice(row * dimensions, end * dimensions);
  await actor.tasks.commit({ generation: 'bench', items, vectors: packed }, testTaskContext());
  while (actor.background?.() === true);
}
const figures: Figure[] = [];
for (const [field, values] of Object.entries(shares)) {
  const all: number[] = [];
  for (const [kind, filter] of Object.entries(filtersOf(field as Field))) {
    const { recall, samples, plans } = await measure(filter);
    all.push(...samples);
    const name = `${100 / values} % pass, ${kind} (${[...plans].join(', ')})`;
    figures.push(figure(`${name}: recall@10`, recall, '', '>= 0.98'));
    figures.push(figure('  p50', quantile(samples, 0.5), 'ms'));
  }
  figures.push(figure(`${100 / values} % pass, all kinds: p99`, quantile(all, 0.99), 'ms', '< 15'));
}
report('filtered-search', figures);
await actor.stop();
rmSync(folder, { recursive: true, force: true });
