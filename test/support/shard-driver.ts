// An index actor driven by hand: no thread, no mailbox, and background work only when the test says so.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ActorBehavior, TaskContext } from '../../src/actor/actor.ts';
import { analyzeQuery } from '../../src/lexical/analyze-query.ts';
import { analyzeDocument } from '../../src/lexical/analyze-text.ts';
import type { LexicalQuery } from '../../src/lexical/lexical-query.ts';
import type { Attributes } from '../../src/model/document.ts';
import { noEvidence } from '../../src/ranking/candidate.ts';
import { readPages } from '../../src/stages/index/flat-pages.ts';
import { createIndexActor, type IndexInit } from '../../src/stages/index/index.actor.ts';
import type {
  CollectionState,
  CommitItem,
  CommitReceipt,
  IndexTasks,
  ShardAnswer,
  ShardHit,
  ShardQuery,
} from '../../src/stages/index/index-messages.ts';
import type { ShardPage } from '../../src/stages/index/page-messages.ts';
import type { ShardFaults } from '../../src/stages/index/shard.ts';
import { CommitSequence } from '../../src/storage/commit-sequence.ts';
import { type TestActorContext, testActorContext, testTaskContext } from './actor-context.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface DocumentSpec {
  readonly id: string;
  readonly collection?: string;
  /** One a chunk; none: only attributes changed. */
  readonly vectors: readonly Float32Array[];
  readonly contentHash: string;
  readonly attributesHash?: string;
  readonly body?: string;
  /** Cleaned, a title before its first line break; cut evenly into chunks. Default: made of the id. */
  readonly text?: string;
  readonly attributes?: Attributes;
}

export const testGeneration = 'test@8:unit:c1';

export function shardInit(overrides: Partial<IndexInit> = {}): IndexInit {
  return {
    dataDir: overrides.dataDir ?? temporaryFolder(),
    shard: 0,
    shardCount: 1,
    dimensions: 8,
    generation: testGeneration,
    m: 16,
    efConstruction: 100,
    efSearch: 64,
    tailMax: 10_000,
    exactMax: 20,
    snapshotChangesMin: 1_000_000,
    mapBytesMax: 2 ** 30,
    sequence: new CommitSequence().shared,
    ...overrides,
  };
}

export class ShardDriver {
  readonly init: IndexInit;
  readonly context: TestActorContext;
  readonly actor: ActorBehavior<IndexTasks>;
  #isStopped = false;

  constructor(init: IndexInit, context: TestActorContext, faults: ShardFaults) {
    this.init = init;
    this.context = context;
    this.actor = createIndexActor(context, init, faults);
  }

  static async start(
    overrides: Partial<IndexInit> = {},
    options: { readonly faults?: ShardFaults; readonly context?: TestActorContext } = {},
  ): Promise<ShardDriver> {
    const context = options.context ?? testActorContext();
    const driver = new ShardDriver(shardInit(overrides), context, options.faults ?? {});
    await driver.actor.start();
    onTestFinished(() => driver.kill());
    return driver;
  }

  async commit(
    documents: readonly DocumentSpec[],
    task: Partial<TaskContext> = {},
  ): Promise<readonly CommitReceipt[]> {
    const items = documents.map(commitItem);
    const vectors = documents.flatMap((document) => document.vectors);
    const { dimensions, generation } = this.init;
    const packed = new Float32Array(vectors.length * dimensions);
    for (const [i, vector] of vectors.entries()) packed.set(vector, i * dimensions);
    const batch = { generation, items, vectors: packed };
    const { receipts } = await this.actor.tasks.commit(batch, testTaskContext(task));
    return receipts;
  }

  async delete(ids: readonly string[], collection = 'cases'): Promise<readonly (number | null)[]> {
    const keys = ids.map((id) => ({ collection, id }));
    return (await this.actor.tasks.delete({ keys }, testTaskContext())).commitSequences;
  }

  async search(vector: Float32Array, options: Partial<ShardQuery> = {}): Promise<readonly ShardHit[]> {
    return (await this.ask({ vectors: vector, ...options })).hits[0] ?? [];
  }

  /** The first `limit` documents by vector alone. */
  async page(vector: Float32Array, options: Partial<ShardQuery> = {}): Promise<ShardPage> {
    const { limit = 10 } = options;
    const fusion = { type: 'adaptive' } as const;
    const page = { offset: 0, limit, evidence: noEvidence, fusion, terms: [] };
    const { pages } = await this.ask({ vectors: vector, ...options, page });
    const [first] = pages ? readPages(pages) : [];
    if (first === undefined) throw new Error('the shard gave no page');
    return first;
  }

  /** As one shard alone would be asked for words: with its own statistics. Nothing that it holds: null. */
  async lexicalQuery(text: string, collections: readonly string[] = []): Promise<LexicalQuery | null> {
    const tokens = analyzeQuery(text).tokens.map(({ term }) => term);
    const { statistics } = await this.actor.tasks.describeTerms(
      { collections, terms: tokens, misspelt: [], fields: [] },
      testTaskContext({ lane: 'urgent' }),
    );
    const terms = tokens.flatMap((term, group) => {
      const documentFrequency = statistics.documentFrequencies[group] ?? 0;
      return documentFrequency === 0 ? [] : [{ term, weight: 1, documentFrequency, group }];
    });
    return terms.length === 0 ? null : { terms, statistics };
  }

  /** Hits by words alone, best first. */
  async searchWords(text: string, options: Partial<ShardQuery> = {}): Promise<readonly ShardHit[]> {
    const lexical = await this.lexicalQuery(text, options.collections);
    if (lexical === null) return [];
    const { hits } = await this.ask({ rows: [{ lexical, pins: null }], ...options });
    return [...(hits[0] ?? [])].sort((a, b) => (b.lexicalScore ?? 0) - (a.lexicalScore ?? 0));
  }

  async ask(options: Partial<ShardQuery>, task: Partial<TaskContext> = {}): Promise<ShardAnswer> {
    const query: ShardQuery = {
      vectors: new Float32Array(0),
      queryCount: 1,
      collections: [],
      limit: 10,
      ef: null,
      isExact: false,
      rows: [],
      exclude: [],
      constraint: null,
      facets: [],
      withVectors: false,
      omitBody: false,
      ...options,
    };
    return this.actor.tasks.search(query, testTaskContext({ lane: 'urgent', ...task }));
  }

  async collection(name = 'cases'): Promise<CollectionState> {
    const { collections } = await this.actor.tasks.collections({}, testTaskContext());
    const state = collections.find(({ collection }) => collection === name);
    if (state === undefined) throw new Error(`no collection ${name}`);
    return state;
  }

  async snapshot(): Promise<number> {
    return (await this.actor.tasks.snapshot({}, testTaskContext())).commitSequence;
  }

  /** Background work until there is none, or `unitsMax` units of it, each waited for until its insertion is done. */
  async work(unitsMax = Number.POSITIVE_INFINITY): Promise<void> {
    for (let unit = 0; unit < unitsMax; unit++) {
      const hasMore = this.actor.background?.() ?? false;
      const isInserting = this.#insertionsUnderWay() > 0;
      while (this.#insertionsUnderWay() > 0) await new Promise((resolve) => setImmediate(resolve));
      // An insertion that is done may be what the next unit waited for.
      if (!hasMore && !isInserting) return;
    }
  }

  #insertionsUnderWay(): number {
    return Number(this.actor.stats?.()['insertions_under_way'] ?? 0);
  }

  /** A clean stop, with its snapshot. */
  async stop(): Promise<void> {
    await this.actor.drain?.();
    await this.kill();
  }

  async kill(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.actor.stop();
  }

  /** The same shard, opened from what a crash at this moment would leave on disk. */
  async afterCrash(overrides: Partial<IndexInit> = {}): Promise<ShardDriver> {
    const dataDir = this.copyFolder();
    return ShardDriver.start({ ...this.init, ...overrides, dataDir, sequence: new CommitSequence().shared });
  }

  /** As `afterCrash`, for long runs: this one is closed, so that its memory does not add up until the test's end. */
  async crash(): Promise<ShardDriver> {
    const survivor = await this.afterCrash();
    await this.kill();
    return survivor;
  }

  copyFolder(): string {
    const dataDir = temporaryFolder();
    cpSync(join(this.init.dataDir, 'shard-00'), join(dataDir, 'shard-00'), { recursive: true });
    return dataDir;
  }

  /** The same shard, stopped cleanly and opened again. */
  async restart(overrides: Partial<IndexInit> = {}): Promise<ShardDriver> {
    await this.stop();
    return ShardDriver.start({ ...this.init, ...overrides, sequence: new CommitSequence().shared });
  }
}

function commitItem(spec: DocumentSpec): CommitItem {
  const text = spec.text ?? spec.vectors.map((_, chunk) => `${spec.id} part ${chunk} `).join('');
  const length = Math.ceil(text.length / Math.max(1, spec.vectors.length));
  const spans = spec.vectors.flatMap((_, chunk) => [
    Math.min(text.length, chunk * length),
    Math.min(text.length, (chunk + 1) * length),
  ]);
  const titleLength = spec.text === undefined ? 0 : Math.max(0, text.indexOf('\n'));
  const lexical = analyzeDocument(text.slice(0, titleLength), text.slice(titleLength));
  return {
    collection: spec.collection ?? 'cases',
    id: spec.id,
    title: `title of ${spec.id}`,
    body: spec.body ?? text,
    mediaType: 'text/plain',
    attributes: spec.attributes ?? { hash: spec.attributesHash ?? 'a' },
    updateTimeMs: null,
    contentHash: spec.contentHash,
    attributesHash: spec.attributesHash ?? 'a',
    content: spec.vectors.length === 0 ? null : { text, spans, titleLength, lexical },
  };
}
