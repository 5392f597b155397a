// The straight line of a document within one vector space: extract → compare → clean → embed → commit → receipt. One that
// brings its vector is not embedded, and mostly not compared before its commit (compare-choice.ts). What a stage cannot do
// is rejected alone, and its neighbours go on.

import type { Fault } from '../base/errors.ts';
import { KmsError, toFault } from '../base/errors.ts';
import type { Document, IngestResult } from '../model/document.ts';
import type { CleanText } from '../stages/clean/clean-messages.ts';
import type { CommitItem } from '../stages/index/index-messages.ts';
import { CompareChoice } from './compare-choice.ts';
import type { CallOptions } from './engine-api.ts';
import {
  type ExtractedParcel,
  type Parcel,
  type PreparedParcel,
  pairUp,
  rejected,
  resultOf,
} from './parcels.ts';
import { prepare } from './prepared-document.ts';
import type { StageCalls } from './stage-calls.ts';
import { isFailed } from './stage-calls.ts';

export interface LineRun {
  /** Written at each parcel's position. */
  readonly results: IngestResult[];
  readonly call: CallOptions;
  /** Makes a collection that is new, once a document of it has been accepted; null: the collection exists. */
  readonly admit: ((collection: string) => Promise<void>) | null;
}

/** An attributes-only change that keeps meeting other content is given up; each round means somebody else wrote it. */
const roundsMax = 5;

export class IngestLine {
  readonly #stages: StageCalls;
  readonly #choice = new CompareChoice();

  constructor(stages: StageCalls) {
    this.#stages = stages;
  }

  /** Puts a result for every parcel; their keys are distinct. Rejects as a whole as EngineApi.ingest does. */
  async run(parcels: readonly Parcel[], { results, call, admit }: LineRun): Promise<void> {
    const fitting = this.#withFittingVectors(parcels, results);
    // Extracted first: a document that is refused makes no collection.
    const extracted = await this.#extract(fitting, results, call);
    let pending = await this.#admit(extracted, results, admit);
    for (let round = 1; pending.length > 0 && round <= roundsMax; round++) {
      const prepared = await this.#prepareChanged(pending, results, call);
      pending = await this.#commit(prepared, results, call);
    }
    const fault = toFault(
      new KmsError('aborted', 'the document kept changing while it was written; send it again'),
    );
    for (const parcel of pending) results[parcel.position] = rejected(parcel, fault);
  }

  /**
   * Pays for what `run` of the same documents will need: embeds what the space lacks into the cache, and writes nothing.
   * Their turns need not be held for it. Rejects as `run` does; what a stage refuses shows when they run.
   */
  async warm(documents: readonly Document[], call: CallOptions): Promise<void> {
    if (documents.length === 0) return;
    const results = new Array<IngestResult>(documents.length);
    const parcels = documents
      .filter((document) => document.embedding === null)
      .map((document, position) => ({ position, document }));
    await this.#prepareChanged(await this.#extract(parcels, results, call), results, call);
  }

  /** A client's own vector is good for the space it was made for, which may have been another one a moment ago. */
  #withFittingVectors(parcels: readonly Parcel[], results: IngestResult[]): Parcel[] {
    const { dimensions } = this.#stages;
    return parcels.filter((parcel) => {
      const given = parcel.document.embedding?.length ?? dimensions;
      if (given === dimensions) return true;
      const message = `the embedding has ${given} dimensions, and the collection's generation ${dimensions}`;
      const error = new KmsError('dimension_mismatch', message, {
        facts: { expectedDimensions: dimensions, receivedDimensions: given },
      });
      results[parcel.position] = rejected(parcel, toFault(error));
      return false;
    });
  }

  async #admit(
    parcels: readonly ExtractedParcel[],
    results: IngestResult[],
    admit: LineRun['admit'],
  ): Promise<ExtractedParcel[]> {
    if (admit === null) return [...parcels];
    const faults = new Map<string, Fault>();
    const names = new Set(parcels.map((parcel) => parcel.document.collection));
    for (const name of names) {
      try {
        await admit(name);
      } catch (error) {
        faults.set(name, toFault(error));
      }
    }
    return parcels.filter((parcel) => {
      const fault = faults.get(parcel.document.collection);
      if (fault !== undefined) results[parcel.position] = rejected(parcel, fault);
      return fault === undefined;
    });
  }

  async #extract(
    parcels: readonly Parcel[],
    results: IngestResult[],
    call: CallOptions,
  ): Promise<ExtractedParcel[]> {
    const documents = parcels.map((parcel) => parcel.document);
    const items = await this.#stages.extract(documents, call);
    return pairUp(parcels, items, results).map(([parcel, extracted]) => ({ ...parcel, extracted }));
  }

  /** Answers what is known to be unchanged, and gives what is to be written. */
  async #prepareChanged(
    parcels: readonly ExtractedParcel[],
    results: IngestResult[],
    call: CallOptions,
  ): Promise<PreparedParcel[]> {
    if (this.#choice.isWorthwhile) return this.#prepareCompared(parcels, results, call);
    const isOwn = ({ document }: Parcel) => document.embedding !== null;
    if (parcels.every(isOwn)) return this.#makeContent(parcels, results, call);
    const own = parcels.filter(isOwn);
    const others = parcels.filter((parcel) => !isOwn(parcel));
    const [made, compared] = await Promise.all([
      this.#makeContent(own, results, call),
      this.#prepareCompared(others, results, call),
    ]);
    return [...made, ...compared];
  }

  async #prepareCompared(
    parcels: readonly ExtractedParcel[],
    results: IngestResult[],
    call: CallOptions,
  ): Promise<PreparedParcel[]> {
    const compared = parcels.map(({ document: { collection, id }, extracted }) => {
      const { contentHash, attributesHash } = extracted;
      return { collection, id, contentHash, attributesHash };
    });
    const verdicts = await this.#stages.compare(compared, call);
    const prepared: PreparedParcel[] = [];
    const changed: ExtractedParcel[] = [];
    for (const [parcel, verdict] of pairUp(parcels, verdicts, results)) {
      if (verdict.type === 'changed') changed.push(parcel);
      else if (verdict.type === 'attributes_changed') {
        prepared.push({ ...parcel, prepared: prepare(parcel.document, parcel.extracted, null) });
      } else {
        const { commitSequence } = verdict;
        results[parcel.position] = { outcome: 'unchanged', id: parcel.document.id, commitSequence };
      }
    }
    this.#learn(parcels, results);
    prepared.push(...(await this.#makeContent(changed, results, call)));
    return prepared;
  }

  /** Cleans, chunks and embeds. */
  async #makeContent(
    parcels: readonly ExtractedParcel[],
    results: IngestResult[],
    call: CallOptions,
  ): Promise<PreparedParcel[]> {
    if (parcels.length === 0) return [];
    const items = parcels.map(({ document, extracted: { title, text } }) => ({
      title,
      text,
      isChunked: document.embedding === null,
    }));
    const cleaned = pairUp(parcels, await this.#stages.clean(items, call), results);
    const texts = cleaned.flatMap(([parcel, clean]) =>
      parcel.document.embedding === null ? clean.chunks.map((chunk) => chunk.embedText) : [],
    );
    const embedded = texts.length === 0 ? [] : await this.#stages.embed(texts, call);
    let next = 0;
    const prepared: PreparedParcel[] = [];
    for (const [parcel, clean] of cleaned) {
      const own = parcel.document.embedding;
      const end = own === null ? next + clean.chunks.length : next;
      const vectors = own === null ? embedded.slice(next, end) : [own];
      next = end;
      const failure = vectors.find(isFailed);
      if (failure !== undefined) results[parcel.position] = rejected(parcel, failure.fault);
      else {
        const made = { content: contentOf(clean), vectors: vectors as Float32Array[] };
        prepared.push({ ...parcel, prepared: prepare(parcel.document, parcel.extracted, made) });
      }
    }
    return prepared;
  }

  /** Writes, and gives back what must be compared again. */
  async #commit(
    parcels: readonly PreparedParcel[],
    results: IngestResult[],
    call: CallOptions,
  ): Promise<ExtractedParcel[]> {
    if (parcels.length === 0) return [];
    const documents = parcels.map((parcel) => parcel.prepared);
    const receipts = await this.#stages.commit(documents, call);
    const stale: ExtractedParcel[] = [];
    for (const [parcel, receipt] of pairUp(parcels, receipts, results)) {
      if (receipt.type === 'stale') stale.push(parcel);
      else results[parcel.position] = resultOf(parcel, receipt);
    }
    // What was compared first is left: that its rest has changed tells nothing.
    if (!this.#choice.isWorthwhile) this.#learn(parcels, results);
    return stale;
  }

  #learn(parcels: readonly Parcel[], results: readonly IngestResult[]): void {
    const own = parcels.filter(({ document }) => document.embedding !== null);
    const unchanged = own.filter(({ position }) => results[position]?.outcome === 'unchanged').length;
    this.#choice.learn({ documents: own.length, unchanged });
  }
}

function contentOf({ text, chunks, titleLength, lexical }: CleanText): NonNullable<CommitItem['content']> {
  return { text, spans: chunks.flatMap((chunk) => [chunk.start, chunk.end]), titleLength, lexical };
}
