// What an operator wants to know before a move and before a switch; answers it, and changes nothing.

import type { Settings } from '../../config/settings.ts';
import { loadTokenizer, resolveSpace } from '../../embedding/embedding-spaces.ts';
import type { StoredDocument } from '../../model/document.ts';
import { plainSearch } from '../../model/query.ts';
import { generationOf } from '../../model/vector-space.ts';
import { cleanerVersion } from '../../stages/clean/cleaner-version.ts';
import type { CollectionRegistry } from '../collection-registry.ts';
import type { CallOptions, GenerationComparison, ModelChoice, ReembedEstimate } from '../engine-api.ts';
import type { SpaceRuntimes } from '../space-runtimes.ts';
import { type AnsweredQuery, compareAnswers, comparedHits } from './generation-comparison.ts';
import { specOfChoice } from './model-choice.ts';
import { queriesOf } from './query-samples.ts';
import { costOf, durationMsOf, tokensOf } from './reembed-estimate.ts';

export interface QuestionOptions {
  readonly collections: CollectionRegistry;
  readonly spaces: SpaceRuntimes;
  readonly settings: Settings;
}

/** Documents that an estimate and a comparison look at. */
const sampledDocumentsMax = 256;
/** Some milliseconds each, in each generation. */
const comparedQueriesMax = 50;

export class GenerationQuestions {
  readonly #options: QuestionOptions;

  constructor(options: QuestionOptions) {
    this.#options = options;
  }

  /** See ReembedApi. */
  async estimate(name: string, choice: ModelChoice, call: CallOptions): Promise<ReembedEstimate> {
    const { settings, collections } = this.#options;
    const { generation } = collections.require(name);
    const spec = specOfChoice(choice);
    const targetGeneration = generationOf(await resolveSpace(spec, cleanerVersion));
    const documents = await this.#count(name, generation);
    const sample = await this.#sample(name, call);
    const tokenizer = await loadTokenizer(spec);
    const counted = sample.reduce((sum, document) => sum + tokensOf(document, tokenizer), 0);
    const tokens = sample.length === 0 ? 0 : Math.round((counted / sample.length) * documents);
    return {
      collection: name,
      generation,
      targetGeneration,
      documents,
      tokens,
      sampledDocuments: sample.length,
      costDollars: costOf(spec, tokens, settings),
      durationMs: durationMsOf(spec, tokens, settings),
    };
  }

  /** Asks the generation that answers and the `other` one the same queries, made of what is stored. */
  async compare(name: string, other: string, call: CallOptions): Promise<GenerationComparison> {
    const { collections, spaces } = this.#options;
    const { generation } = collections.require(name);
    const queries = queriesOf(await this.#sample(name, call), comparedQueriesMax);
    const idsIn = async (searched: string) => {
      const asked = queries.map((text) => ({
        ...plainSearch,
        target: { type: 'text', text } as const,
        collections: [name],
        limit: comparedHits,
        omitBody: true,
      }));
      const answers = await spaces.use(searched, ({ search }) => search.searchBatch(asked, call));
      return answers.map(({ hits }) => hits.map(({ document }) => document.id));
    };
    const current = await idsIn(generation);
    const beside = await idsIn(other);
    const answered = queries.map(
      (query, i): AnsweredQuery => ({ query, currentIds: current[i] ?? [], otherIds: beside[i] ?? [] }),
    );
    return compareAnswers(answered);
  }

  async #count(name: string, generation: string): Promise<number> {
    const { shards } = this.#options.spaces.of(generation);
    const replies = await Promise.all(
      shards.map((shard) => shard.ask('collections', {}, { lane: 'urgent' })),
    );
    const rows = replies.flatMap((reply) => reply.collections).filter((row) => row.collection === name);
    return rows.reduce((sum, row) => sum + row.documents, 0);
  }

  #sample(name: string, call: CallOptions): Promise<readonly StoredDocument[]> {
    const { collections, spaces } = this.#options;
    const { generation } = collections.require(name);
    const page = { collection: name, afterId: null, limit: sampledDocumentsMax, omitBody: false };
    return spaces.use(generation, ({ search }) => search.list(page, call));
  }
}
