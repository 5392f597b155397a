// The straight line of a document: extract → compare → clean → embed → commit → receipt. One place knows what is in
// flight; what a stage cannot do is rejected alone, and its neighbours go on.

import type { Fault } from '../base/errors.ts';
import { KmsError, toFault } from '../base/errors.ts';
import type { Document, DocumentKey, IngestResult } from '../model/document.ts';
import type { CleanText } from '../stages/clean/clean-messages.ts';
import type { ExtractedText, FailedItem } from '../stages/extract/extract-messages.ts';
import type { CommitReceipt } from '../stages/index/index-messages.ts';
import type { CollectionRegistry } from './collection-registry.ts';
import type { DocumentCredits } from './document-credits.ts';
import type { CallOptions } from './engine-api.ts';
import type { FlowMetrics } from './flow-metrics.ts';
import { KeyTurns } from './key-turns.ts';
import type { PreparedDocument } from './prepared-document.ts';
import { prepare } from './prepared-document.ts';
import type { StageCalls } from './stage-calls.ts';
import { isFailed } from './stage-calls.ts';

export interface IngestFlowOptions {
  readonly stages: StageCalls;
  readonly collections: CollectionRegistry;
  readonly credits: DocumentCredits;
  readonly metrics: FlowMetrics;
}

/** An attributes-only change that keeps meeting other content is given up; each round means somebody else wrote it. */
const roundsMax = 5;

/** A document on its way, and where its result goes. */
interface Parcel {
  readonly position: number;
  readonly document: Document;
}
interface ExtractedParcel extends Parcel {
  readonly extracted: ExtractedText;
}
interface PreparedParcel extends ExtractedParcel {
  readonly prepared: PreparedDocument;
}

export class IngestFlow {
  readonly #options: IngestFlowOptions;
  readonly #turns = new KeyTurns();

  constructor(options: IngestFlowOptions) {
    this.#options = options;
  }

  /** See EngineApi.ingest. */
  async ingest(documents: readonly Document[], call: CallOptions): Promise<readonly IngestResult[]> {
    if (documents.length === 0) return [];
    const giveBack = await this.#options.credits.take(documents.length, call.signal);
    try {
      const results = new Array<IngestResult>(documents.length);
      await this.#turns.run(documents, async () => {
        for (const wave of wavesOf(documents)) await this.#runWave(wave, results, call);
      });
      this.#report(results);
      return results;
    } finally {
      giveBack();
    }
  }

  /** See EngineApi.delete. */
  async delete(keys: readonly DocumentKey[], call: CallOptions): Promise<readonly (number | null)[]> {
    const replies = await this.#turns.run(keys, () => this.#options.stages.delete(keys, call));
    const sequences = replies.map((reply) => {
      if (isFailed(reply))
        throw new KmsError('unavailable', reply.fault.message, { facts: reply.fault.facts });
      return reply;
    });
    const deleted = sequences.filter((sequence) => sequence !== null).length;
    this.#options.metrics.documents('deleted', deleted);
    return sequences;
  }

  /** The whole line for documents of distinct keys. */
  async #runWave(wave: readonly Parcel[], results: IngestResult[], call: CallOptions): Promise<void> {
    // Extracted first: a document that is refused makes no collection.
    const extracted = await this.#extract(wave, results, call);
    let pending = await this.#ensureCollections(extracted, results);
    for (let round = 1; pending.length > 0 && round <= roundsMax; round++) {
      const prepared = await this.#prepareChanged(pending, results, call);
      pending = await this.#commit(prepared, results, call);
    }
    const fault = toFault(
      new KmsError('aborted', 'the document kept changing while it was written; send it again'),
    );
    for (const parcel of pending) results[parcel.position] = rejected(parcel, fault);
  }

  async #ensureCollections(
    wave: readonly ExtractedParcel[],
    results: IngestResult[],
  ): Promise<ExtractedParcel[]> {
    const faults = new Map<string, Fault>();
    const names = new Set(wave.map((parcel) => parcel.document.collection));
    for (const name of names) {
      try {
        await this.#options.collections.ensure(name);
      } catch (error) {
        faults.set(name, toFault(error));
      }
    }
    return wave.filter((parcel) => {
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
    const items = await this.#options.stages.extract(documents, call);
    return pairUp(parcels, items, results).map(([parcel, extracted]) => ({ ...parcel, extracted }));
  }

  /** Answers what is unchanged, and gives what is to be written. */
  async #prepareChanged(
    parcels: readonly ExtractedParcel[],
    results: IngestResult[],
    call: CallOptions,
  ): Promise<PreparedParcel[]> {
    const compared = parcels.map(({ document: { collection, id }, extracted }) => {
      const { contentHash, attributesHash } = extracted;
      return { collection, id, contentHash, attributesHash };
    });
    const verdicts = await this.#options.stages.compare(compared, call);
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
    const cleaned = pairUp(parcels, await this.#options.stages.clean(items, call), results);
    const texts = cleaned.flatMap(([parcel, clean]) =>
      parcel.document.embedding === null ? clean.chunks.map((chunk) => chunk.embedText) : [],
    );
    const embedded = texts.length === 0 ? [] : await this.#options.stages.embed(texts, call);
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
    const receipts = await this.#options.stages.commit(documents, call);
    const stale: ExtractedParcel[] = [];
    for (const [parcel, receipt] of pairUp(parcels, receipts, results)) {
      if (receipt.type === 'stale') stale.push(parcel);
      else results[parcel.position] = resultOf(parcel, receipt);
    }
    return stale;
  }

  #report(results: readonly IngestResult[]): void {
    for (const outcome of ['indexed', 'unchanged', 'rejected'] as const) {
      const count = results.filter((result) => result.outcome === outcome).length;
      if (count > 0) this.#options.metrics.documents(outcome, count);
    }
  }
}

/** Distinct keys in each wave: a key's second document starts only when its first one is written. Mostly one wave. */
function wavesOf(documents: readonly Document[]): Parcel[][] {
  const waves: Parcel[][] = [];
  const seen = new Map<string, number>();
  for (const [position, document] of documents.entries()) {
    const key = `${document.collection}\0${document.id}`;
    const wave = seen.get(key) ?? 0;
    seen.set(key, wave + 1);
    const parcels = waves[wave] ?? [];
    parcels.push({ position, document });
    waves[wave] = parcels;
  }
  return waves;
}

/** Pairs each parcel with its reply; the failed ones get their result here and leave the line. */
function pairUp<P extends Parcel, Reply>(
  parcels: readonly P[],
  replies: readonly (Reply | FailedItem)[],
  results: IngestResult[],
): [P, Reply][] {
  const pairs: [P, Reply][] = [];
  for (const [i, parcel] of parcels.entries()) {
    const reply = replies[i] as Reply | FailedItem;
    if (isFailed(reply)) results[parcel.position] = rejected(parcel, reply.fault);
    else pairs.push([parcel, reply]);
  }
  return pairs;
}

function contentOf(clean: CleanText): { text: string; spans: number[] } {
  return { text: clean.text, spans: clean.chunks.flatMap((chunk) => [chunk.start, chunk.end]) };
}

function resultOf(parcel: Parcel, receipt: Exclude<CommitReceipt, { type: 'stale' }>): IngestResult {
  if (receipt.type === 'failed') return rejected(parcel, receipt.fault);
  // `identical` too was changed when it was compared: an earlier delivery of this very write got through.
  return { outcome: 'indexed', id: parcel.document.id, commitSequence: receipt.commitSequence };
}

function rejected(parcel: Parcel, fault: Fault): IngestResult {
  return { outcome: 'rejected', id: parcel.document.id, fault };
}
