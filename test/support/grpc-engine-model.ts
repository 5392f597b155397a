// A model of the engine for the tests of its gRPC door: a map of documents and a brute-force cosine. It is no engine:
// nothing is on disk, nothing is embedded by a model (a text's vector is made of its letters), nothing runs on threads.
// Tests can hold it back and make it fail, which a real engine does not do on demand.

import { createHash } from 'node:crypto';
import { KmsError } from '../../src/base/errors.ts';
import { matchesFilter } from '../../src/filtering/match-filter.ts';
import type { Document, DocumentKey, IngestResult, StoredDocument } from '../../src/model/document.ts';
import type { SearchAnswer, SearchQuery } from '../../src/model/query.ts';
import { generationOf, type VectorSpace } from '../../src/model/vector-space.ts';
import type {
  AnalyticsApi,
  CallOptions,
  DocumentPage,
  DocumentPageRequest,
  EngineApi,
  EngineState,
  EngineStatus,
  Readiness,
} from '../../src/pipeline/engine-api.ts';
import { DeadLettersModel, JobsModel } from './grpc-jobs-model.ts';
import { ReembedModel } from './grpc-reembed-model.ts';
import { modelAnswer, type SearchedDocument } from './grpc-search-model.ts';
import { analyticsOf } from './search-analytics.ts';

class ModelReadiness implements Readiness {
  state: EngineState;
  readonly #listeners = new Set<(state: EngineState) => void>();

  constructor(state: EngineState) {
    this.state = state;
  }

  onChange(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(state: EngineState): void {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

export class EngineModel implements EngineApi {
  readonly space: VectorSpace = { model: 'letters', dimensions: 4, normalisation: 'unit', cleanerVersion: 1 };
  readonly reembed = new ReembedModel();
  /** Remembers nothing until a test puts in one that does. */
  analytics: AnalyticsApi = analyticsOf(null);
  readonly readiness: ModelReadiness;
  readonly jobs = new JobsModel();
  readonly deadLetters = new DeadLettersModel();
  readonly #documents = new Map<string, SearchedDocument>();
  #commitSequence = 0;
  /** Every call that came in, in order. */
  readonly calls: { readonly method: string; readonly options: CallOptions }[] = [];
  /** Documents of each ingest call, in the order of the calls. */
  readonly ingested: (readonly Document[])[] = [];
  /** Every search, as it reached the engine. */
  readonly queries: SearchQuery[] = [];
  /** Documents that one page of a list looks at: with a filter a page may end before it is full. */
  listedMax = Number.POSITIVE_INFINITY;
  /** What a search answers, as a test wants it. */
  reshape: (answer: SearchAnswer) => SearchAnswer = (answer) => answer;
  /** Awaited at the start of each call: a test that sets it decides when calls go on. */
  hold: (method: string, options: CallOptions) => Promise<void> = async () => {};

  constructor(state: EngineState = 'ready') {
    this.readiness = new ModelReadiness(state);
  }

  spaceOf(): VectorSpace {
    return this.space;
  }

  async #enter(method: string, options: CallOptions): Promise<void> {
    this.calls.push({ method, options });
    await this.hold(method, options);
  }

  async ingest(documents: readonly Document[], options: CallOptions): Promise<readonly IngestResult[]> {
    this.ingested.push(documents);
    await this.#enter('ingest', options);
    return documents.map((document) => this.#write(document));
  }

  #write(document: Document): IngestResult {
    const { embedding, ...rest } = document;
    const contentHash = createHash('md5').update(`${document.title}\n${document.body}`).digest('hex');
    const standing = this.#documents.get(keyOf(document));
    if (standing?.contentHash === contentHash) {
      return { outcome: 'unchanged', id: document.id, commitSequence: standing.commitSequence };
    }
    this.#commitSequence += 1;
    this.#documents.set(keyOf(document), {
      ...rest,
      contentHash,
      commitSequence: this.#commitSequence,
      commitTimeMs: 1_700_000_000_123,
      generation: generationOf(this.space),
      chunkCount: 1,
      vectors: embedding ?? vectorOf(`${document.title} ${document.body}`),
    });
    return { outcome: 'indexed', id: document.id, commitSequence: this.#commitSequence };
  }

  async delete(keys: readonly DocumentKey[], options: CallOptions): Promise<readonly (number | null)[]> {
    await this.#enter('delete', options);
    return keys.map((key) => {
      if (!this.#documents.delete(keyOf(key))) return null;
      this.#commitSequence += 1;
      return this.#commitSequence;
    });
  }

  async get(key: DocumentKey, withVectors: boolean, options: CallOptions): Promise<StoredDocument | null> {
    await this.#enter('get', options);
    const document = this.#documents.get(keyOf(key));
    return document === undefined ? null : shown(document, withVectors);
  }

  async list(page: DocumentPageRequest, options: CallOptions): Promise<DocumentPage> {
    await this.#enter('list', options);
    const { collection, afterId, limit, filter } = page;
    this.#checkCollections([collection]);
    const rest = this.#in([collection])
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter(({ id }) => afterId === null || id > afterId);
    const documents: StoredDocument[] = [];
    let lookedAt = 0;
    for (; lookedAt < rest.length && lookedAt < this.listedMax && documents.length < limit; lookedAt += 1) {
      const document = rest[lookedAt] as SearchedDocument;
      if (filter === null || matchesFilter(filter, document)) documents.push(shown(document, false));
    }
    return { documents, lastId: lookedAt === rest.length ? null : (rest[lookedAt - 1]?.id ?? null) };
  }

  async search(query: SearchQuery, options: CallOptions): Promise<SearchAnswer> {
    await this.#enter('search', options);
    this.#checkCollections(query.collections);
    this.queries.push(query);
    const documents = this.#in(query.collections);
    return this.reshape(modelAnswer(documents, query, this.#targetVector(query)));
  }

  async searchBatch(queries: readonly SearchQuery[], options: CallOptions): Promise<readonly SearchAnswer[]> {
    return Promise.all(queries.map((query) => this.search(query, options)));
  }

  async createSnapshot(options: CallOptions): Promise<{ readonly commitSequence: number }> {
    await this.#enter('createSnapshot', options);
    return { commitSequence: this.#commitSequence };
  }

  async status(): Promise<EngineStatus> {
    return {
      version: '0.0.0-model',
      state: this.readiness.state,
      uptimeMs: 1_500,
      space: this.space,
      shardCount: 1,
      replay: { changesDone: 3, changesTotal: 10 },
      collections: [],
      actors: [
        {
          name: 'index-00',
          state: 'running',
          restarts: 1,
          lastFault: 'exit 1',
          mailboxDepth: 2,
          heapBytes: 5_000_000_000,
          eventLoopLagMs: 0.5,
        },
      ],
    };
  }

  #in(collections: readonly string[]): SearchedDocument[] {
    const all = [...this.#documents.values()];
    return collections.length === 0 ? all : all.filter(({ collection }) => collections.includes(collection));
  }

  #checkCollections(collections: readonly string[]): void {
    for (const collection of collections) {
      if (this.#in([collection]).length > 0) continue;
      throw new KmsError('not_found', 'no such collection', { facts: { collection } });
    }
  }

  #targetVector({ target }: SearchQuery): Float32Array {
    if (target.type === 'vector') return target.vector;
    if (target.type === 'text') return vectorOf(target.text);
    if (target.type === 'document') return this.#vectorsOf(target.key);
    const [first] = target.positive;
    return first?.type === 'document' ? this.#vectorsOf(first.key) : (first?.vector ?? vectorOf(''));
  }

  #vectorsOf(key: DocumentKey): Float32Array {
    const document = this.#documents.get(keyOf(key));
    if (document === undefined) throw new KmsError('not_found', 'no such document', { facts: { ...key } });
    return document.vectors;
  }
}

function keyOf({ collection, id }: DocumentKey): string {
  return `${collection}/${id}`;
}

function shown({ vectors, ...document }: SearchedDocument, withVectors: boolean): StoredDocument {
  return { ...document, vectors: withVectors ? vectors : null };
}

/** Four values from the letters of a text, of unit length. */
function vectorOf(text: string): Float32Array {
  const vector = new Float32Array([1, 1, 1, 1]);
  for (const letter of text) {
    const index = (letter.codePointAt(0) ?? 0) % vector.length;
    vector[index] = (vector[index] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
