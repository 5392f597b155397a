// The engine under judgement: a process of its own with default settings and an empty folder, asked over gRPC like any
// client asks it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestAll } from '../../examples/demo/ingest-load.ts';
import { KmsError } from '../../src/base/errors.ts';
import type { KmsClient } from '../../src/grpc/client.ts';
import { limits } from '../../src/model/limits.ts';
import type { SourceDocument } from '../../src/sources/source.ts';
import { EngineProcess } from '../../test/support/engine-process.ts';
import { inParallel } from './in-parallel.ts';
import type { CorpusDocument } from './judged-set.ts';

/** Told how many of how many are done. */
export type OnProgress = (done: number, total: number) => void;

export interface LoadedCollection {
  readonly collection: string;
  /** Everything that was loaded is searchable from here on. */
  readonly commitSequence: number;
  /** Ids that the engine refused, each with its reason. */
  readonly rejected: ReadonlyMap<string, string>;
}

/** Holds a document's own id, so that a query that is itself in the corpus can be filtered out of its results. */
export const idAttribute = 'eval_id';

/** Enough to keep two cores busy; more would only wait in queues. */
const callsUnderWay = 16;
/** A search of a few thousand documents takes milliseconds; a machine that is busy otherwise takes its time. */
export const callTimeoutMs = 120_000;

export class EvalEngine {
  readonly #process: EngineProcess;
  readonly #folder: string;
  #collections = 0;

  private constructor(process: EngineProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  /** `settings`: KMS_ variables that differ from the default. Resolves when the engine serves. */
  static async start(settings: Readonly<Record<string, string>>): Promise<EvalEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'kms-eval-'));
    try {
      // Of an interrupted run; the engine is killed by a listener of its own.
      process.once('exit', () => removeFolder(folder));
      const engine = await EngineProcess.start({ dataDir: join(folder, 'data'), env: settings });
      await engine.ready();
      return new EvalEngine(engine, folder);
    } catch (error) {
      removeFolder(folder);
      throw error;
    }
  }

  get client(): KmsClient {
    return this.#process.client;
  }

  /** A collection of its own for each call. Resolves when every document is indexed or refused. */
  async load(documents: readonly CorpusDocument[], onProgress: OnProgress): Promise<LoadedCollection> {
    this.#collections += 1;
    const collection = `eval-${this.#collections}`;
    const sources = documents.map((document) => sourceDocument(document, collection));
    const report = await ingestAll(this.client, sources, (done) => onProgress(done, sources.length));
    const rejected = report.rejected.map(({ id, error }) => [id, error?.message ?? 'no reason'] as const);
    return { collection, commitSequence: report.commitSequenceMax, rejected: new Map(rejected) };
  }

  /**
   * A vector of unit length a text, as the engine compares it: each text is a document, and its vector is read back (of
   * several chunks the mean). Null where the engine refused the text. Equal texts are embedded once.
   */
  async embed(
    texts: readonly string[],
    onProgress: OnProgress,
  ): Promise<{ readonly dimensions: number; readonly vectors: readonly (Float32Array | null)[] }> {
    const distinct = [...new Set(texts)];
    const documents = distinct.map((text, index) => ({ id: String(index), title: '', text }));
    const { collection, rejected } = await this.load(documents, onProgress);
    const { vectorSpace } = await this.client.getStatus({});
    const dimensions = vectorSpace?.dimensions ?? 0;
    const vectors = await inParallel(documents, callsUnderWay, async ({ id }) => {
      if (rejected.has(id)) return null;
      const request = { collection, id, includeVectors: true };
      const { document } = await this.client.getDocument(request, { timeoutMs: callTimeoutMs });
      if (document === null) throw new KmsError('internal', `document ${id} came without itself`);
      return meanDirection(document.embedding, dimensions);
    });
    const places = new Map(distinct.map((text, index) => [text, index]));
    return { dimensions, vectors: texts.map((text) => vectors[places.get(text) ?? -1] ?? null) };
  }

  /** Stops the engine and removes all that it wrote. */
  async close(): Promise<void> {
    await this.#process.stop();
    removeFolder(this.#folder);
  }
}

/** Again, when a process that was just killed has still written into it. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

function sourceDocument({ id, title, text }: CorpusDocument, collection: string): SourceDocument {
  // A title that is longer than titles may be is text like any other.
  const isTitleLong = Buffer.byteLength(title) > limits.titleBytesMax;
  return {
    id,
    collection,
    title: isTitleLong ? '' : title,
    body: isTitleLong ? `${title}\n${text}` : text,
    mediaType: 'text/plain',
    attributes: { [idAttribute]: id },
    updateTimeMs: null,
    embedding: null,
  };
}

/** `bytes`: little-endian float32, shape [chunks × dimensions]. */
function meanDirection(bytes: Buffer, dimensions: number): Float32Array {
  const mean = new Float32Array(dimensions);
  for (let i = 0; i < bytes.length / 4; i++)
    mean[i % dimensions] = (mean[i % dimensions] as number) + bytes.readFloatLE(i * 4);
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  return mean.map((value) => value / length);
}
