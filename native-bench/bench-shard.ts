// One shard without its thread and without gRPC around it: the index actor itself, on a folder, with default parameters.

import { analyzeDocument } from '../src/lexical/analyze-text.ts';
import type { Filter, FilterValue } from '../src/model/filter.ts';
import { createIndexActor } from '../src/stages/index/index.actor.ts';
import type { ShardAnswer } from '../src/stages/index/index-messages.ts';
import { CommitSequence } from '../src/storage/commit-sequence.ts';
import { testActorContext, testTaskContext } from '../test/support/actor-context.ts';
import { clusteredRows } from './bench-data.ts';

const documentsPerCommit = 128;
const content = { text: 'case', spans: [0, 4], titleLength: 0, lexical: analyzeDocument('', 'case') };

export interface Filling {
  /** The number of the first document; they are numbered on from there. */
  readonly first: number;
  readonly count: number;
  /** Vectors of the same clusters that are not stored, for queries. */
  readonly more: number;
  readonly seed: number;
}

export class BenchShard {
  readonly #dimensions: number;
  readonly #actor: ReturnType<typeof createIndexActor>;

  constructor(dataDir: string, dimensions: number) {
    this.#dimensions = dimensions;
    this.#actor = createIndexActor(testActorContext(), {
      dataDir,
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
  }

  async start(): Promise<void> {
    await this.#actor.start();
  }

  async stop(): Promise<void> {
    await this.#actor.stop();
  }

  /** Stores documents with the vectors of `clusteredVectors`, all of them in the graph; returns the further vectors. */
  async fill(
    { first, count, more, seed }: Filling,
    attributesOf: (row: number) => Record<string, FilterValue>,
  ): Promise<Float32Array[]> {
    let rows: number[] = [];
    const vectors = new Float32Array(documentsPerCommit * this.#dimensions);
    const further: Float32Array[] = [];
    let row = 0;
    for (const vector of clusteredRows(count + more, this.#dimensions, seed)) {
      if (row < count) {
        vectors.set(vector, rows.length * this.#dimensions);
        rows.push(first + row);
      } else further.push(vector.slice());
      row += 1;
      if (rows.length < documentsPerCommit && row !== count) continue;
      await this.#commit(rows, vectors.slice(0, rows.length * this.#dimensions), attributesOf);
      rows = [];
    }
    return further;
  }

  async search(vector: Float32Array, filter: Filter, isExact: boolean): Promise<ShardAnswer> {
    const query = {
      vectors: vector.slice(),
      queryCount: 1,
      rows: [],
      collections: ['cases'],
      limit: 10,
      ef: null,
      isExact,
      exclude: [],
      constraint: { filter, phrases: [], excludedTerms: [], excludedPhrases: [] },
      facets: [],
      withVectors: false,
      omitBody: false,
    };
    return this.#actor.tasks.search(query, testTaskContext({ lane: 'urgent' }));
  }

  async #commit(
    rows: readonly number[],
    vectors: Float32Array<ArrayBuffer>,
    attributesOf: (row: number) => Record<string, FilterValue>,
  ): Promise<void> {
    if (rows.length === 0) return;
    const items = rows.map((row) => ({
      collection: 'cases',
      id: `v-${row}`,
      title: '',
      body: 'case',
      mediaType: 'text/plain' as const,
      attributes: attributesOf(row),
      updateTimeMs: null,
      contentHash: `${row}`,
      attributesHash: 'a',
      content,
    }));
    await this.#actor.tasks.commit({ generation: 'bench', items, vectors }, testTaskContext());
    while (this.#actor.background?.() === true || this.#actor.stats?.()['insertions_under_way'] !== 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
