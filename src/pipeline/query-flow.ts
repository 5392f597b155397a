// Which generation answers a query: the one that serves its collections. Vectors of two spaces are never compared, so a
// query over collections of several generations is refused, and an answer holds hits of one generation alone.

import { KmsError } from '../base/errors.ts';
import type { DocumentKey, StoredDocument } from '../model/document.ts';
import type { SearchAnswer, SearchQuery, SearchTarget } from '../model/query.ts';
import type { SearchObserver } from './analytics/search-observer.ts';
import type { CollectionRegistry } from './collection-registry.ts';
import type { CallOptions, DocumentPage, DocumentPageRequest } from './engine-api.ts';
import type { SpaceRuntimes } from './space-runtimes.ts';

export interface QueryFlowOptions {
  readonly spaces: SpaceRuntimes;
  readonly collections: CollectionRegistry;
  /** The newest commit sequence that was ever given out. */
  readonly newestSequence: () => number;
  /** Remembers what was answered, and names it. */
  readonly observer: SearchObserver;
}

interface RoutedQuery {
  readonly query: SearchQuery;
  readonly position: number;
}

export class QueryFlow {
  readonly #options: QueryFlowOptions;

  constructor(options: QueryFlowOptions) {
    this.#options = options;
  }

  /** See EngineApi.search. */
  async search(query: SearchQuery, call: CallOptions): Promise<SearchAnswer> {
    this.#checkSequence(query);
    const [answer] = await this.#searchIn(this.#generationOf(query), [query], call);
    return answer as SearchAnswer;
  }

  /** See EngineApi.searchBatch. A query that is under way when its collection is switched ends where it began. */
  async searchBatch(queries: readonly SearchQuery[], call: CallOptions): Promise<readonly SearchAnswer[]> {
    const routed = new Map<string, RoutedQuery[]>();
    for (const [position, query] of queries.entries()) {
      this.#checkSequence(query);
      const generation = this.#generationOf(query);
      const group = routed.get(generation) ?? [];
      group.push({ query, position });
      routed.set(generation, group);
    }
    const answers = new Array<SearchAnswer>(queries.length);
    const searchGroup = async ([generation, group]: [string, RoutedQuery[]]) => {
      const asked = group.map(({ query }) => query);
      const found = await this.#searchIn(generation, asked, call);
      for (const [i, { position }] of group.entries()) answers[position] = found[i] as SearchAnswer;
    };
    await Promise.all([...routed].map(searchGroup));
    return answers;
  }

  /** See EngineApi.get. */
  async get(key: DocumentKey, withVectors: boolean, call: CallOptions): Promise<StoredDocument | null> {
    const generation = this.#options.collections.generationOf(key.collection);
    return this.#options.spaces.use(generation, ({ search }) => search.get(key, withVectors, call));
  }

  /** See EngineApi.list. */
  async list(page: DocumentPageRequest, call: CallOptions): Promise<DocumentPage> {
    const { generation } = this.#options.collections.require(page.collection);
    return this.#options.spaces.use(generation, ({ search }) => search.listPage(page, call));
  }

  /** Searches one generation; each answer gets its name. */
  async #searchIn(
    generation: string,
    queries: readonly SearchQuery[],
    call: CallOptions,
  ): Promise<SearchAnswer[]> {
    const { spaces, observer } = this.#options;
    const found = await spaces.use(generation, ({ search }) => search.searchBatch(queries, call));
    return found.map((answer, i) => ({
      ...answer,
      searchId: observer.observe(queries[i] as SearchQuery, answer),
    }));
  }

  #checkSequence(query: SearchQuery): void {
    const newest = this.#options.newestSequence();
    // Whatever was acknowledged is searchable, so there is nothing to wait for: a number above all that was ever
    // given out comes from another engine, or from data that is gone.
    if (query.commitSequenceMin > newest) {
      throw new KmsError('failed_precondition', 'min_commit_sequence is newer than anything written here', {
        facts: { minCommitSequence: query.commitSequenceMin, newestCommitSequence: newest },
      });
    }
  }

  /**
   * `All collections` needs no list of them: where all are served by one generation, what another collection keeps in
   * that generation's shards is served from there too.
   */
  #generationOf({ collections: names, target }: SearchQuery): string {
    const { collections } = this.#options;
    const serving = collections.servingGenerations;
    // All that are served are served by one: nothing to compare.
    if (names.length === 0 && serving.length <= 1 && target.type !== 'document' && target.type !== 'examples')
      return serving[0] ?? collections.defaultGeneration;
    const generations = new Set(
      names.length === 0 ? serving : names.map((name) => collections.require(name).generation),
    );
    for (const { collection } of documentsOf(target))
      generations.add(collections.require(collection).generation);
    const [generation, ...others] = generations;
    if (others.length === 0) return generation ?? collections.defaultGeneration;
    const message = `the collections are of ${generations.size} generations (${[...generations].join(', ')}), whose vectors cannot be compared: search collections of one generation at a time`;
    throw new KmsError('failed_precondition', message, {
      facts: { generations: [...generations].join(' ') },
    });
  }
}

/** The stored documents that a search is made of. */
function documentsOf(target: SearchTarget): readonly DocumentKey[] {
  if (target.type === 'document') return [target.key];
  if (target.type !== 'examples') return [];
  const examples = [...target.positive, ...target.negative];
  return examples.flatMap((example) => (example.type === 'document' ? [example.key] : []));
}
