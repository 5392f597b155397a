// The dead letters: documents that no repetition helps, kept until somebody sends them again or throws them away. None is
// ever dropped to make room: a full shelf refuses, so that a job stops in front of the document instead of losing it.

import type { Clock } from '../../base/clock.ts';
import { type ErrorCode, type Fault, KmsError } from '../../base/errors.ts';
import type { DeadLetter, DeadLetterFilter } from '../../model/dead-letter.ts';
import type { Document, DocumentKey, IngestResult } from '../../model/document.ts';
import type { Log } from '../../observability/logger.ts';
import {
  type DeadLetterHeader,
  type DeadLetterStore,
  payloadBytesOf,
  rowHashOf,
} from '../../storage/dead-letter-store.ts';
import type { CallOptions, DeadLettersApi, EngineApi } from '../engine-api.ts';
import type { KeyTurns } from '../key-turns.ts';
import { SortableIds } from '../sortable-ids.ts';
import { LetterShelf } from './letter-shelf.ts';

/** A document that was refused, on its way to the shelf. */
export interface Rejection {
  readonly collection: string;
  readonly documentId: string;
  readonly source: string;
  readonly jobId: string;
  readonly fault: Fault;
  readonly attempts: number;
  readonly document: Document | null;
  readonly raw: string;
}

export interface DeadLettersOptions {
  readonly store: DeadLetterStore;
  readonly ingest: EngineApi['ingest'];
  /** Shared with the jobs: a letter is sent again only while no job works on its document. */
  readonly turns: KeyTurns;
  readonly clock: Clock;
  readonly log: Log;
  readonly bounds?: { readonly lettersMax: number; readonly payloadBytesMax: number };
}

/** 10,000 headers are some 10 MiB of memory; whoever has more has one fault and not ten thousand. */
const defaultBounds = { lettersMax: 10_000, payloadBytesMax: 2 ** 30 };
/** Characters of a raw row: enough to see what is wrong with it. */
const rawCharactersMax = 16 * 1024;
const messageCharactersMax = 2_000;
/** Letters sent again at once. */
const retryDocuments = 32;
const codesOfOurs: ReadonlySet<string> = new Set(['poisoned', 'internal'] satisfies ErrorCode[]);
const stages = new Set(['read', 'extract', 'clean', 'embed', 'index']);

export class DeadLetters implements DeadLettersApi {
  readonly #options: DeadLettersOptions;
  readonly #bounds: { readonly lettersMax: number; readonly payloadBytesMax: number };
  readonly #shelf: LetterShelf;
  readonly #ids: SortableIds;
  /** The last change under way: they are rare, and one after the other needs no thought about two at once. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: DeadLettersOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? defaultBounds;
    this.#shelf = new LetterShelf(options.store.headers());
    this.#ids = new SortableIds(options.clock, this.#shelf.lastId);
  }

  list(
    filter: DeadLetterFilter,
    page: { readonly afterId: string | null; readonly limit: number },
  ): readonly DeadLetter[] {
    const letters: DeadLetter[] = [];
    for (const id of this.#shelf.matching(filter, page.afterId)) {
      if (letters.length >= page.limit) break;
      const letter = this.#options.store.read(id);
      if (letter !== null) letters.push(letter);
    }
    return letters;
  }

  count(): number {
    return this.#shelf.count;
  }

  async retry(filter: DeadLetterFilter, call: CallOptions): ReturnType<DeadLettersApi['retry']> {
    const ids = [...this.#shelf.matching(filter, null)];
    const sum = { retried: 0, indexed: 0, failed: 0 };
    for (let start = 0; start < ids.length; start += retryDocuments) {
      const outcomes = await this.#retrySome(ids.slice(start, start + retryDocuments), call);
      for (const outcome of outcomes) {
        sum.retried += 1;
        sum[outcome] += 1;
      }
    }
    this.#options.log.info(sum, 'dead letters sent again');
    return sum;
  }

  async purge(filter: DeadLetterFilter): Promise<number> {
    const purged = await this.#alone(async () => {
      const removed = [...this.#shelf.matching(filter, null)];
      await this.#write([], removed);
      return removed.length;
    });
    if (purged > 0) this.#options.log.info({ letters: purged }, 'dead letters purged');
    return purged;
  }

  /**
   * Resolves when all of them are on disk; one that is known already is brought up to date. Throws `failed_precondition`,
   * and keeps none, when there is no room.
   */
  async record(rejections: readonly Rejection[]): Promise<void> {
    if (rejections.length === 0) return;
    const letters = await this.#alone(async () => {
      const put = latestOf(rejections).map((rejection) => this.#letterOf(rejection));
      this.#checkRoom(put);
      await this.#write(put, []);
      return put;
    });
    for (const { id, source, jobId, stage, fault, attempts } of letters) {
      const fields = { letter: id, source, job: jobId, stage, code: fault.code, attempts };
      this.#options.log.warn(fields, 'document went to the dead letters');
    }
  }

  /**
   * What a client's call came to: a document that a thread died of, or that failed for a reason of ours, is kept though
   * its client knows; what was wrong with the input is the client's to mend. Never rejects: the call itself went well.
   */
  async noteCall(documents: readonly Document[], results: readonly IngestResult[]): Promise<void> {
    const rejections: Rejection[] = [];
    const through: DocumentKey[] = [];
    for (const [index, result] of results.entries()) {
      const document = documents[index] as Document;
      if (result.outcome !== 'rejected') through.push(document);
      else if (codesOfOurs.has(result.fault.code)) rejections.push(rejectionOf(document, result.fault));
    }
    await this.#note(through, rejections);
  }

  /** A client has deleted these. Never rejects. */
  noteDeleted(keys: readonly DocumentKey[]): Promise<void> {
    return this.#note(keys, []);
  }

  async #note(through: readonly DocumentKey[], rejections: readonly Rejection[]): Promise<void> {
    try {
      await this.settle('', through);
      await this.record(rejections);
    } catch (error) {
      const fields = { documents: rejections.length, err: error };
      this.#options.log.error(fields, 'dead letters of a call could not be written');
    }
  }

  /** Removes the letters of documents that got through, or are gone, since. */
  async settle(source: string, keys: readonly DocumentKey[]): Promise<void> {
    if (this.#shelf.count === 0) return;
    const idsOf = () =>
      keys
        .map(({ collection, id }) => this.#shelf.idOf({ source, collection, documentId: id, rowHash: '' }))
        .filter((id) => id !== null);
    if (idsOf().length > 0) await this.#alone(() => this.#write([], idsOf()));
  }

  /** One turn for all of their keys; a letter that was settled while it waited is done. */
  async #retrySome(ids: readonly string[], call: CallOptions): Promise<readonly ('indexed' | 'failed')[]> {
    const keys = ids
      .map((id) => this.#shelf.get(id))
      .filter((header) => header !== null)
      .map(({ collection, documentId }) => ({ collection, id: documentId }));
    return this.#options.turns.run(keys, async () => {
      const letters = ids.map((id) => this.#options.store.read(id)).filter((letter) => letter !== null);
      // What never became a document gets through only when its source is read again.
      const sendable = letters.filter((letter) => letter.document !== null);
      const documents = sendable.map((letter) => letter.document as Document);
      const results = documents.length === 0 ? [] : await this.#options.ingest(documents, call);
      await this.#alone(() => this.#applyRetried(sendable, results));
      return [
        ...results.map(({ outcome }) => (outcome === 'rejected' ? 'failed' : 'indexed')),
        ...Array<'failed'>(letters.length - sendable.length).fill('failed'),
      ];
    });
  }

  async #applyRetried(letters: readonly DeadLetter[], results: readonly IngestResult[]): Promise<void> {
    const put: DeadLetter[] = [];
    const removed: string[] = [];
    for (const [index, letter] of letters.entries()) {
      const result = results[index];
      if (result?.outcome !== 'rejected') removed.push(letter.id);
      // Purged meanwhile: it stays gone.
      else if (this.#shelf.get(letter.id) !== null) {
        const fault = keptFault(result.fault);
        const attempts = letter.attempts + 1;
        const lastTriedTimeMs = this.#options.clock.epochMs();
        put.push({ ...letter, fault, stage: stageOf(fault), attempts, lastTriedTimeMs });
      }
    }
    await this.#write(put, removed);
  }

  #letterOf(rejection: Rejection): DeadLetter {
    const { collection, documentId, source, jobId, document, raw } = rejection;
    const rowHash = rowHashOf({ documentId, raw });
    const id = this.#shelf.idOf({ source, collection, documentId, rowHash });
    const known = id === null ? null : this.#shelf.get(id);
    const fault = keptFault(rejection.fault);
    const nowMs = this.#options.clock.epochMs();
    return {
      id: known?.id ?? this.#ids.next(),
      collection,
      documentId,
      source,
      jobId,
      stage: document === null ? 'read' : stageOf(fault),
      fault,
      attempts: (known?.attempts ?? 0) + rejection.attempts,
      createdTimeMs: known?.createdTimeMs ?? nowMs,
      lastTriedTimeMs: nowMs,
      document,
      raw,
    };
  }

  #checkRoom(put: readonly DeadLetter[]): void {
    const { lettersMax, payloadBytesMax } = this.#bounds;
    const added = put.filter(({ id }) => this.#shelf.get(id) === null);
    const bytes = put.reduce((sum, letter) => sum + payloadBytesOf(letter), this.#shelf.bytes);
    if (this.#shelf.count + added.length <= lettersMax && bytes <= payloadBytesMax) return;
    const message = `there is room for ${lettersMax} dead letters and ${payloadBytesMax} bytes, and it is used up: retry or purge them`;
    throw new KmsError('failed_precondition', message, {
      facts: { letters: this.#shelf.count, lettersMax, payloadBytesMax },
    });
  }

  async #write(put: readonly DeadLetter[], removed: readonly string[]): Promise<void> {
    if (put.length === 0 && removed.length === 0) return;
    const headers: readonly DeadLetterHeader[] = await this.#options.store.write({ put, removed });
    for (const id of removed) this.#shelf.remove(id);
    for (const header of headers) this.#shelf.put(header);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(work);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }
}

function rejectionOf(document: Document, fault: Fault): Rejection {
  const { collection, id: documentId } = document;
  const attempts = Number(fault.facts['deliveries'] ?? 1);
  return { collection, documentId, source: '', jobId: '', fault, attempts, document, raw: '' };
}

/** A document that was refused twice at once is one letter: the last refusal is what stands. */
function latestOf(rejections: readonly Rejection[]): Rejection[] {
  const bySubject = new Map<string, Rejection>();
  for (const given of rejections) {
    const rejection = { ...given, raw: given.raw.slice(0, rawCharactersMax) };
    const { source, collection, documentId } = rejection;
    const subject = [source, collection, documentId, rowHashOf(rejection)].join('\0');
    bySubject.set(subject, rejection);
  }
  return [...bySubject.values()];
}

/** Without its stack, and no longer than a person reads. */
function keptFault({ code, message, violations, facts }: Fault): Fault {
  return { code, message: message.slice(0, messageCharactersMax), violations, facts };
}

/** Faults of the line name their stage; comparing is the index's work too, and so is whatever names none. */
function stageOf(fault: Fault): string {
  const named = fault.facts['stage'];
  return typeof named === 'string' && stages.has(named) ? named : 'index';
}
