// A source of documents in memory: a log of changes, read from any place in it.

import type { Document } from '../../src/model/document.ts';
import type {
  ReadOptions,
  SourceBatch,
  SourceChange,
  SourceCheckpoint,
  SyncSource,
} from '../../src/sources/sync-source.ts';

export function caseDocument(id: string, body: string, title = ''): Document {
  const fixed = { title, mediaType: 'text/plain', updateTimeMs: null, embedding: null } as const;
  return { ...fixed, id, collection: 'cases', body, attributes: {} };
}

export class MemorySource implements SyncSource {
  readonly name: string;
  readonly kind = 'jsonl';
  readonly everyMs: number | null;
  readonly watch: SyncSource['watch'];
  readonly changes: SourceChange[] = [];
  /** What was confirmed, in order. */
  readonly confirmed: SourceCheckpoint[] = [];
  /** Places that were read from, in order; null: the beginning. */
  readonly readsFrom: (number | null)[] = [];
  /** Thrown by the next reads, one each, once `after` batches have been given. */
  readonly failures: { readonly after: number; readonly error: unknown }[] = [];
  /** Called before each batch. */
  onBatch: () => void | Promise<void> = () => {};
  #notify: () => void = () => {};

  constructor(name = 'memory', options: { everyMs?: number | null; isWatched?: boolean } = {}) {
    this.name = name;
    this.everyMs = options.everyMs ?? null;
    this.watch =
      options.isWatched === true
        ? async (onChange) => {
            this.#notify = onChange;
            return async () => {};
          }
        : null;
  }

  upsert(id: string, body: string, title = ''): void {
    this.changes.push({ type: 'upsert', document: caseDocument(id, body, title) });
    this.#notify();
  }

  delete(id: string): void {
    this.changes.push({ type: 'delete', key: { collection: 'cases', id } });
    this.#notify();
  }

  /** Id and body of what the source has now. */
  contents(): Map<string, string> {
    const rows = new Map<string, string>();
    for (const change of this.changes) {
      if (change.type === 'upsert') rows.set(change.document.id, change.document.body);
      else if (change.type === 'delete') rows.delete(change.key.id);
    }
    return rows;
  }

  async estimate(from: SourceCheckpoint | null): Promise<number> {
    return this.changes.length - placeOf(from);
  }

  async *read(from: SourceCheckpoint | null, options: ReadOptions): AsyncIterable<SourceBatch> {
    this.readsFrom.push(from === null ? null : placeOf(from));
    const failure = this.failures.shift();
    if (options.mode === 'incremental') yield* this.#readLog(placeOf(from), options, failure);
    else yield* this.#readAll(options);
  }

  async confirm(checkpoint: SourceCheckpoint): Promise<void> {
    this.confirmed.push(checkpoint);
  }

  async sample(limit: number): Promise<readonly SourceChange[]> {
    return this.changes.slice(0, limit);
  }

  async stats(): Promise<Readonly<Record<string, number>>> {
    return { changes: this.changes.length };
  }

  async close(): Promise<void> {}

  async *#readLog(
    from: number,
    { batchDocuments, signal }: ReadOptions,
    failure: { readonly after: number; readonly error: unknown } | undefined,
  ): AsyncIterable<SourceBatch> {
    const end = this.changes.length;
    for (let at = from, batches = 0; at < end; batches++) {
      if (batches === failure?.after) throw failure.error;
      await this.onBatch();
      if (signal.aborted) return;
      const next = Math.min(end, at + batchDocuments);
      yield { changes: this.changes.slice(at, next), checkpoint: { at: next } };
      at = next;
    }
  }

  async *#readAll({ batchDocuments, mode, storedIds }: ReadOptions): AsyncIterable<SourceBatch> {
    const at = this.changes.length;
    const rows = this.contents();
    const documents = [...rows].map(([id, body]) => caseDocument(id, body));
    const upserts = mode === 'full' ? documents : [];
    for (let start = 0; start < upserts.length; start += batchDocuments) {
      const batch = upserts.slice(start, start + batchDocuments);
      yield { changes: batch.map((document) => ({ type: 'upsert', document })), checkpoint: null };
    }
    for await (const ids of storedIds('cases')) {
      const gone = ids.filter((id) => !rows.has(id)).map((id) => ({ collection: 'cases', id }));
      yield { changes: gone.map((key) => ({ type: 'delete', key })), checkpoint: null };
    }
    yield { changes: [], checkpoint: { at } };
  }
}

function placeOf(checkpoint: SourceCheckpoint | null): number {
  return Number(checkpoint?.['at'] ?? 0);
}
