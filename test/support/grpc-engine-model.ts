// A model of the engine for the tests of its gRPC door: a map of documents and a brute-force cosine. It is no engine:
// nothing is on disk, nothing is embedded by a model (a text's vector is made of its letters), nothing runs on threads.
// Tests can hold it back and make it fail, which a real engine does not do on demand.

import { createHash } from 'node:crypto';
import { KmsError } from '../../src/base/errors.ts';
import type { Document, DocumentKey, IngestResult, StoredDocument } from '../../src/model/document.ts';
import type { SearchAnswer, SearchQuery } from '../../src/model/query.ts';
import { generationOf, type VectorSpace } from '../../src/model/vector-space.ts';
import type {
  CallOptions,
  EngineApi,
  EngineState,
  EngineStatus,
  Readiness,
} from '../../src/pipeline/engine-api.ts';
import { DeadLettersModel, JobsModel } from './grpc-jobs-model.ts';
import { ReembedModel } from './grpc-reembed-model.ts';

interface ModelDocument extends StoredDocument {
  readonly vectors: Float32Array;
}

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
  readonly readiness: ModelReadiness;
  readonly jobs = new JobsModel();
  readonly deadLetters = new DeadLettersModel();
  readonly #documents = new Map<string, ModelDocument>();
  #commitSequence = 0;
  /** Every call that came in, in order. */
  readonly calls: { readonly method: string; readonly options: CallOptions }[] = [];
  /** Documents of each ingest call, in the order of the calls. */
  readonly ingested: (readonly Document[])[] = [];
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

  async list(
    page: { readonly collection: string; readonly afterId: string | null; readonly limit: number },
    options: CallOptions,
  ): Promise<readonly StoredDocument[]> {
    await this.#enter('list', options);
    this.#checkCollections([page.collection]);
    return this.#in([page.collection])
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter(({ id }) => page.afterId === null || id > page.afterId)
      .slice(0, page.limit)
      .map((document) => shown(document, false));
  }

  async search(query: SearchQuery, options: CallOptions): Promise<SearchAnswer> {
    await this.#enter('search', options);
    this.#checkCollections(query.collections);
    const vector = this.#targetVector(query);
    const hits = this.#in(query.collections)
      .map((document) => ({ document, cosine: dot(vector, document.vectors) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, query.limit)
      .map(({ document, cosine }) => ({
        document: shown(document, query.withVectors),
        cosine,
        score: cosine,
        snippet: document.body.slice(0, 100),
      }));
    return { hits, timings: { embedMs: 1, searchMs: 2, totalMs: 3 } };
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

  #in(collections: readonly string[]): ModelDocument[] {
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
    const document = this.#documents.get(keyOf(target.key));
    if (document === undefined)
      throw new KmsError('not_found', 'no such document', { facts: { ...target.key } });
    return document.vectors;
  }
}

function keyOf({ collection, id }: DocumentKey): string {
  return `${collection}/${id}`;
}

function shown({ vectors, ...document }: ModelDocument, withVectors: boolean): StoredDocument {
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

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
