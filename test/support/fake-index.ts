// A small index for tests of sources: it applies changes as the engine would, and can be compared with a table.

import type { Document } from '../../src/model/document.ts';
import type { SyncMode } from '../../src/model/job.ts';
import { compareUtf8 } from '../../src/sources/postgres/find-gone.ts';
import type {
  SourceBatch,
  SourceChange,
  SourceCheckpoint,
  SyncSource,
} from '../../src/sources/sync-source.ts';

export interface SyncOptions {
  readonly mode?: SyncMode;
  readonly batchDocuments?: number;
  readonly batchesMax?: number;
  readonly signal?: AbortSignal;
  /** Called after each batch that is durable, with their number. */
  readonly onBatch?: (count: number) => void;
}

export class FakeIndex {
  /** By collection and id. */
  readonly documents = new Map<string, Document>();
  readonly rejected: Extract<SourceChange, { type: 'rejected' }>[] = [];
  checkpoint: SourceCheckpoint | null = null;
  upserts = 0;

  /** Reads to the end, or until `batchesMax` batches are durable: as if the engine had been killed then. */
  async sync(source: SyncSource, options: SyncOptions = {}): Promise<void> {
    let batches = 0;
    const batchDocuments = options.batchDocuments ?? 100;
    const reading = source.read(this.checkpoint, {
      mode: options.mode ?? 'incremental',
      signal: options.signal ?? new AbortController().signal,
      batchDocuments,
      storedIds: (collection) => this.#idsOf(collection),
    });
    for await (const batch of reading) {
      if (batches === options.batchesMax) return;
      batches += 1;
      if (batch.changes.length > batchDocuments) throw new Error('a batch has more changes than asked for');
      await this.#apply(batch, source);
      options.onBatch?.(batches);
    }
  }

  ids(collection = 'cases'): readonly string[] {
    return [...this.documents.values()]
      .filter((document) => document.collection === collection)
      .map(({ id }) => id)
      .sort(compareUtf8);
  }

  get(id: string, collection = 'cases'): Document | undefined {
    return this.documents.get(`${collection}/${id}`);
  }

  async #apply({ changes, checkpoint }: SourceBatch, source: SyncSource): Promise<void> {
    for (const change of changes) {
      if (change.type === 'upsert') {
        this.upserts += 1;
        this.documents.set(`${change.document.collection}/${change.document.id}`, change.document);
      } else if (change.type === 'delete') this.documents.delete(`${change.key.collection}/${change.key.id}`);
      else this.rejected.push(change);
    }
    if (checkpoint === null) return;
    // As the engine keeps it: plain data.
    this.checkpoint = JSON.parse(JSON.stringify(checkpoint)) as SourceCheckpoint;
    await source.confirm(this.checkpoint);
  }

  async *#idsOf(collection: string): AsyncGenerator<readonly string[]> {
    const ids = this.ids(collection);
    for (let start = 0; start < ids.length; start += 70) yield ids.slice(start, start + 70);
  }
}
