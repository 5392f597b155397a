// One batch of a source's changes, from read to durable: claimed, written or deleted, and what is refused in the dead
// letters. When `work` resolves, a checkpoint may pass the batch.

import { RestartBackoff } from '../../actor/restart-backoff.ts';
import { type Clock, sleep } from '../../base/clock.ts';
import { type Fault, toFault } from '../../base/errors.ts';
import type { Document, DocumentKey, IngestResult } from '../../model/document.ts';
import type { SourceChange } from '../../sources/sync-source.ts';
import type { SourceIdStore } from '../../storage/source-id-store.ts';
import type { DeadLetters, Rejection } from '../dead-letters/dead-letters.ts';
import type { CallOptions, EngineApi } from '../engine-api.ts';
import type { KeyTurns } from '../key-turns.ts';
import { type Counts, noCounts } from './batch-window.ts';
import { effectiveChanges } from './effective-changes.ts';
import { isRetryable, isRetryableFault, persistently, retryBackoff } from './persistent-call.ts';

/** The way into the index: the engine's own, without its front door. */
export type IngestLine = Pick<EngineApi, 'ingest' | 'delete'>;

export interface BatchWorkOptions {
  readonly source: string;
  readonly jobId: string;
  readonly line: IngestLine;
  readonly sourceIds: SourceIdStore;
  readonly deadLetters: DeadLetters;
  /** Shared by all jobs: batches that hold the same document take effect in the order of `work` calls. */
  readonly turns: KeyTurns;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborted: no call is repeated any more. */
  readonly waiting: AbortSignal;
  /** Aborted: calls under way are given up too. */
  readonly working: AbortSignal;
}

type OnHold = (fault: Fault | null) => void;

/** A document refused for a reason that may pass is sent this often: some five minutes of trying. */
const documentAttemptsMax = 16;

export class BatchWork {
  readonly #options: BatchWorkOptions;
  readonly #call: CallOptions;

  constructor(options: BatchWorkOptions) {
    this.#options = options;
    this.#call = { signal: options.working, deadlineMs: null, lane: 'bulk' };
  }

  /** Throws what stops the job: what no repetition of the batch would change, or the reason of an aborted signal. */
  work(changes: readonly SourceChange[], onHold: OnHold): Promise<Counts> {
    const effective = effectiveChanges(changes);
    const { upserts, deletes, rejected, superseded } = effective;
    const keys = [...upserts, ...deletes, ...rejected.map((change) => change.key)];
    return this.#options.turns.run(keys, async () => {
      const written = await this.#upsert(upserts, onHold);
      const deleted = await this.#delete(deletes, onHold);
      const refused = written.flatMap(({ document, result, attempts }) =>
        result.outcome === 'rejected' ? [this.#rejection(document, result.fault, attempts)] : [],
      );
      const unread = rejected.map((change) => this.#unread(change));
      const through = written.filter(({ result }) => result.outcome !== 'rejected');
      await this.#settle([...through.map(({ document }) => document), ...deletes], onHold);
      await this.#keep(() => this.#options.deadLetters.record([...unread, ...refused]), onHold);
      const indexed = through.filter(({ result }) => result.outcome === 'indexed').length;
      return {
        ...noCounts,
        read: changes.length,
        indexed,
        deleted,
        rejected: refused.length + unread.length,
        unchanged: superseded + through.length - indexed + deletes.length - deleted,
      };
    });
  }

  /** Every document with its result; a reason that may pass has had its time. */
  async #upsert(documents: readonly Document[], onHold: OnHold) {
    if (documents.length === 0) return [];
    const { sourceIds, source } = this.#options;
    await this.#keep(() => sourceIds.claim(source, documents), onHold);
    const settled: { document: Document; result: IngestResult; attempts: number }[] = [];
    const backoff = new RestartBackoff(retryBackoff, this.#options.random);
    let pending = documents;
    for (let attempts = 1; pending.length > 0; attempts++) {
      const results = await this.#ingest(pending, onHold);
      const again: Document[] = [];
      let reason: Fault | null = null;
      for (const [index, document] of pending.entries()) {
        const result = results[index] as IngestResult;
        if (
          result.outcome === 'rejected' &&
          isRetryableFault(result.fault) &&
          attempts < documentAttemptsMax
        ) {
          again.push(document);
          reason = result.fault;
        } else settled.push({ document, result, attempts });
      }
      pending = again;
      if (reason !== null) await this.#pause(backoff.nextMs(), reason, onHold);
    }
    return settled;
  }

  async #delete(keys: readonly DocumentKey[], onHold: OnHold): Promise<number> {
    if (keys.length === 0) return 0;
    const { line, sourceIds, source } = this.#options;
    const sequences = await this.#keep(() => line.delete(keys, this.#call), onHold);
    await this.#keep(() => sourceIds.release(source, keys), onHold);
    return sequences.filter((sequence) => sequence !== null).length;
  }

  #ingest(documents: readonly Document[], onHold: OnHold): Promise<readonly IngestResult[]> {
    return this.#keep(() => this.#options.line.ingest(documents, this.#call), onHold).catch(
      (error: unknown) => this.#isolate(documents, error, onHold),
    );
  }

  /** A call that fails for a reason of its documents is halved until the one that is to blame is alone. */
  async #isolate(
    documents: readonly Document[],
    error: unknown,
    onHold: OnHold,
  ): Promise<readonly IngestResult[]> {
    const { waiting, working } = this.#options;
    if (waiting.aborted || working.aborted || isRetryable(error)) throw error;
    const [only] = documents;
    if (only === undefined) return [];
    if (documents.length === 1) return [{ outcome: 'rejected', id: only.id, fault: toFault(error) }];
    const middle = documents.length >> 1;
    const first = await this.#ingest(documents.slice(0, middle), onHold);
    return [...first, ...(await this.#ingest(documents.slice(middle), onHold))];
  }

  #settle(keys: readonly DocumentKey[], onHold: OnHold): Promise<void> {
    return this.#keep(() => this.#options.deadLetters.settle(this.#options.source, keys), onHold);
  }

  #keep<T>(work: () => Promise<T>, onHold: OnHold): Promise<T> {
    const { clock, random, waiting } = this.#options;
    return persistently(work, waiting, { clock, random, onHold });
  }

  async #pause(delayMs: number, reason: Fault, onHold: OnHold): Promise<void> {
    onHold(reason);
    try {
      await sleep(this.#options.clock, delayMs, this.#options.waiting);
    } finally {
      onHold(null);
    }
  }

  #rejection(document: Document, fault: Fault, attempts: number): Rejection {
    const { source, jobId } = this.#options;
    const { collection, id: documentId } = document;
    const deliveries = Number(fault.facts['deliveries'] ?? 1);
    return {
      collection,
      documentId,
      source,
      jobId,
      fault,
      attempts: attempts * deliveries,
      document,
      raw: '',
    };
  }

  #unread({ key, fault, raw }: Extract<SourceChange, { type: 'rejected' }>): Rejection {
    const { source, jobId } = this.#options;
    const { collection, id: documentId } = key;
    return { collection, documentId, source, jobId, fault, attempts: 1, document: null, raw };
  }
}
