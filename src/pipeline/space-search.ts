// Searching and reading within one vector space. A search is one straight line, all of it in the urgent lane, so that it
// never waits behind ingest:
//
//   read the text (operators, cleaning)            search/read-query.ts
//   embed it, and meanwhile ask for its words      search/lead-vectors.ts, search/query-words.ts
//   ask all shards for their lists                 search/asked-query.ts
//   fuse the lists, pin, reorder                   search/ranked-hit.ts, search/reorder-hits.ts
//   read the documents of the page                 search/show-hits.ts

import type { ActorRef } from '../actor/actor.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import type { Reranker } from '../embedding/cross-encoder/reranker.ts';
import type { DocumentKey, StoredDocument } from '../model/document.ts';
import type { SearchQuery } from '../model/query.ts';
import type { WeightParameters } from '../ranking/fusion-weights.ts';
import type { EmbedTasks } from '../stages/embed/embed-messages.ts';
import type { IndexTasks } from '../stages/index/index-messages.ts';
import type { CallOptions, DocumentPage, DocumentPageRequest } from './engine-api.ts';
import type { FlowMetrics } from './flow-metrics.ts';
import { type AskedQuery, groupsOf } from './search/asked-query.ts';
import { type SpaceAnswer, searchGroup } from './search/group-search.ts';
import { embedWithLeads } from './search/lead-vectors.ts';
import { givenVector, type QueryVectors, resolveTarget } from './search/query-target.ts';
import { type QueryWords, readWords } from './search/query-words.ts';
import { type ReadQuery, readQuery, readWithoutText } from './search/read-query.ts';
import { ShardPanel } from './search/shard-panel.ts';
import { StageTimes } from './search/stage-times.ts';
import { isOutage, type TextVector } from './search/text-vectors.ts';
import type { Synonyms } from './understanding/synonyms.ts';

export interface SpaceSearchOptions {
  readonly embed: ActorRef<EmbedTasks>;
  /** By shard number. */
  readonly shards: readonly ActorRef<IndexTasks>[];
  readonly dimensions: number;
  /** How words weigh beside the cosines of the space's model. */
  readonly weights: WeightParameters;
  readonly language: LanguageParts;
  readonly clock: Clock;
  readonly metrics: FlowMetrics;
}

/** What knows texts and not vectors: shared by all spaces. */
export interface LanguageParts {
  readonly synonyms: Pick<Synonyms, 'expand'>;
  /** Null: there is no cross-encoder. */
  readonly reranker: Reranker | null;
}

export class SpaceSearch {
  readonly #options: SpaceSearchOptions;
  readonly #panel: ShardPanel;

  constructor(options: SpaceSearchOptions) {
    this.#options = options;
    this.#panel = new ShardPanel(options.shards);
  }

  /** Index-aligned. The collections that the queries name are served by this space. */
  async searchBatch(queries: readonly SearchQuery[], call: CallOptions): Promise<readonly SpaceAnswer[]> {
    const { clock, metrics, language } = this.#options;
    const times = new StageTimes({ clock, metrics });
    // A vector needs no reading, no model and no words: it goes to the shards at once.
    const asked = queries.every(isVector)
      ? times.within('understand', () => queries.map(askedAsGiven))
      : await this.#prepare(queries, times, call);
    const answers = new Array<SpaceAnswer>(queries.length);
    const parts = { panel: this.#panel, reranker: language.reranker, clock, metrics, before: times };
    const searchAt = async (positions: readonly number[]) => {
      const members = positions.map((position) => asked[position] as AskedQuery);
      const found = await searchGroup(members, parts, call);
      for (const [i, position] of positions.entries()) answers[position] = found[i] as SpaceAnswer;
    };
    const groups = groupsOf(asked);
    const [first] = groups;
    if (first !== undefined && groups.length === 1) await searchAt(first);
    else await Promise.all(groups.map(searchAt));
    metrics.searchStage('total', times.elapsedMs() / 1000);
    for (const [i, each] of asked.entries()) this.#report(each, answers[i] as SpaceAnswer);
    return answers;
  }

  async get(key: DocumentKey, withVectors: boolean, call: CallOptions): Promise<StoredDocument | null> {
    return (await this.#panel.fetchOne(key, { withVectors }, call))?.document ?? null;
  }

  /** Index-aligned; null where there is no such document. Rejects with `invalid_argument` when they are too large for one answer. */
  async fetch(
    keys: readonly DocumentKey[],
    { omitBody }: { readonly omitBody: boolean },
    call: CallOptions,
  ): Promise<(StoredDocument | null)[]> {
    const found = await this.#panel.fetch(keys, { omitBody }, call);
    return found.map((shown) => shown?.document ?? null);
  }

  /** See EngineApi.list. */
  listPage(page: DocumentPageRequest, call: CallOptions): Promise<DocumentPage> {
    return this.#panel.list(page, call);
  }

  /** All documents of a collection, in order of id; fewer than `limit` at the end. */
  async list(
    page: Omit<DocumentPageRequest, 'filter'>,
    call: CallOptions,
  ): Promise<readonly StoredDocument[]> {
    return (await this.listPage({ ...page, filter: null }, call)).documents;
  }

  async #prepare(
    queries: readonly SearchQuery[],
    times: StageTimes,
    call: CallOptions,
  ): Promise<AskedQuery[]> {
    const read = await times.during('understand', () =>
      Promise.all(queries.map((query) => readQuery(query, this.#panel, call))),
    );
    return await this.#embedAndLookUp(read, times, call);
  }

  /** The texts are embedded with one ask; the words of each query are asked for meanwhile. */
  async #embedAndLookUp(
    read: readonly ReadQuery[],
    times: StageTimes,
    call: CallOptions,
  ): Promise<AskedQuery[]> {
    const embedding = this.#embed(read, times, call);
    const words = Promise.all(read.map((each) => this.#wordsOf(each, times, call)));
    const targets = Promise.all(read.map((each) => this.#targetOf(each, call)));
    const [vectorOfText, wordsOfAll, vectorsOfTargets] = await Promise.all([embedding, words, targets]);
    return read.map((each, i) => {
      const wordsOfEach = wordsOfAll[i] ?? null;
      const vector = vectorOfText.get(each);
      const vectors =
        vector === undefined ? (vectorsOfTargets[i] ?? null) : textVectors(vector, each, wordsOfEach);
      return { ...each, vectors, words: wordsOfEach };
    });
  }

  async #embed(
    read: readonly ReadQuery[],
    times: StageTimes,
    call: CallOptions,
  ): Promise<Map<ReadQuery, TextVector>> {
    const { embed, dimensions, clock } = this.#options;
    const embedded = read.filter(({ text, mode }) => text !== null && mode !== 'lexical');
    if (embedded.length === 0) return new Map();
    const texts = embedded.map(({ text, mode }) => ({ text: text ?? '', isLed: mode === 'hybrid' }));
    const parts = { embed, dimensions, nowMs: () => clock.nowMs() };
    const vectors = await times.during('embed', () => embedWithLeads(texts, parts, call));
    return new Map(embedded.map((each, i) => [each, vectors[i] as TextVector]));
  }

  async #wordsOf(read: ReadQuery, times: StageTimes, call: CallOptions): Promise<QueryWords | null> {
    const { analyzed } = read;
    // Nothing but signs: the vector alone has something to say.
    if (analyzed === null || analyzed.tokens.length === 0) return null;
    const parts = { panel: this.#panel, synonyms: this.#options.language.synonyms };
    const words = await times.during('terms', () => readWords({ ...read, analyzed }, parts, call));
    return { ...words, evidence: { ...words.evidence, weights: this.#options.weights } };
  }

  async #targetOf({ query: { target } }: ReadQuery, call: CallOptions): Promise<QueryVectors | null> {
    if (target.type === 'text') return null;
    return resolveTarget(target, { panel: this.#panel, dimensions: this.#options.dimensions }, call);
  }

  #report({ query, mode, vectors }: AskedQuery, { hits, filterPlan }: SpaceAnswer): void {
    const isDegraded = mode === 'hybrid' && vectors === null;
    // A page behind the last hit says nothing of the search.
    const found = hits.length + query.offset;
    this.#options.metrics.searched(mode, { hits: found, filterPlan, isDegraded });
  }
}

type VectorQuery = SearchQuery & { readonly target: { readonly type: 'vector' } };

function isVector(query: SearchQuery): query is VectorQuery {
  return query.target.type === 'vector';
}

function askedAsGiven(query: VectorQuery): AskedQuery {
  // Field by field: copying them as `...` costs 4 µs, which here is one part in forty of the whole search.
  const { written, text, mode, analyzed, constraint, phrases, excluded, filter } = readWithoutText(query);
  const vectors = givenVector(query.target.vector);
  return {
    query,
    written,
    text,
    mode,
    analyzed,
    constraint,
    phrases,
    excluded,
    filter,
    vectors,
    words: null,
  };
}

/** A model that is out of reach costs a hybrid search its vector, and not its answer. Throws any other fault. */
function textVectors(vector: TextVector, { mode }: ReadQuery, words: QueryWords | null): QueryVectors | null {
  if (!(vector instanceof KmsError)) return { vectors: vector, rowCount: 1, exclude: [] };
  if (mode === 'hybrid' && words !== null && isOutage(vector)) return null;
  throw vector;
}
