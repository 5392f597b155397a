// A JSON Lines or CSV file as a source for jobs: read from where the last durable record ended, and from the start again
// when it is another file.

import { KmsError } from '../base/errors.ts';
import { type Document, mediaTypes } from '../model/document.ts';
import type { SyncMode } from '../model/job.ts';
import { csvSource } from './csv-source.ts';
import { documentViolations, rejectedChange } from './document-check.ts';
import { openFile } from './file-bytes.ts';
import { jsonlSource } from './jsonl-source.ts';
import type { DocumentSource, SourceDocument, SourceEntry, SourcePosition } from './source.ts';
import type { FileSpec } from './source-spec.ts';
import type { ReadOptions, SourceBatch, SourceChange, SourceCheckpoint, SyncSource } from './sync-source.ts';

interface FileCheckpoint {
  readonly kind: 'file';
  readonly path: string;
  /** Of the file's content; another one makes positions worthless. */
  readonly identity: string | null;
  readonly position: SourcePosition | null;
  /** Reading it was begun for the sake of all its records. */
  readonly isFull: boolean;
}

/** Ids are held in memory to find what is gone: some 100 bytes each. */
const idsMax = 5_000_000;

export class FileSyncSource implements SyncSource {
  readonly kind: 'jsonl' | 'csv';
  readonly watch = null;
  readonly #spec: FileSpec;

  constructor(spec: FileSpec) {
    this.#spec = spec;
    this.kind = spec.type;
  }

  get name(): string {
    return this.#spec.name;
  }

  get everyMs(): number | null {
    return this.#spec.everyMs;
  }

  /** Records are not counted before they are read. */
  estimate(): Promise<null> {
    return Promise.resolve(null);
  }

  async *read(from: SourceCheckpoint | null, options: ReadOptions): AsyncGenerator<SourceBatch> {
    const { mode, signal, batchDocuments } = options;
    const file = await this.#open();
    const start = startOf(from, mode, this.#emptyCheckpoint(file));
    let checkpoint = start;
    if (mode !== 'reconcile') {
      let changes: SourceChange[] = [];
      for await (const entry of file.read(start.position)) {
        throwIfCancelled(signal);
        changes.push(this.#changeOf(entry));
        checkpoint = { ...checkpoint, position: entry.position };
        if (changes.length < batchDocuments) continue;
        yield { changes, checkpoint: { ...checkpoint } };
        changes = [];
      }
      yield { changes, checkpoint: { ...checkpoint } };
    }
    if (mode !== 'incremental') yield* this.#findGone(file, options);
    yield { changes: [], checkpoint: { ...checkpoint, isFull: false } };
  }

  async *#findGone(file: DocumentSource, options: ReadOptions): AsyncGenerator<SourceBatch> {
    for (const [collection, ids] of await this.#idsOf(file, options.signal)) {
      for await (const stored of options.storedIds(collection)) {
        throwIfCancelled(options.signal);
        const gone = stored.filter((id) => !ids.has(id));
        for (let start = 0; start < gone.length; start += options.batchDocuments) {
          const part = gone.slice(start, start + options.batchDocuments);
          yield {
            changes: part.map((id) => ({ type: 'delete', key: { collection, id } })),
            checkpoint: null,
          };
        }
      }
    }
  }

  /** By collection; the one of the sources file is always there, so that an empty file empties it. */
  async #idsOf(file: DocumentSource, signal: AbortSignal): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const byCollection = new Map<string, Set<string>>([[this.#spec.collection, new Set()]]);
    const rejected = new Set<string>();
    let count = 0;
    for await (const entry of file.read(null)) {
      throwIfCancelled(signal);
      // A record that is there but broken is not gone.
      const id = entry.type === 'document' ? entry.document.id : entry.id;
      if (id === null) {
        const message = `nobody can tell what is gone from the file while ${entry.place} cannot be read`;
        throw new KmsError('failed_precondition', message, { facts: { place: entry.place } });
      }
      count += 1;
      if (count > idsMax)
        throw new KmsError('failed_precondition', `the file has more than ${idsMax} records to compare`);
      if (entry.type === 'rejected') rejected.add(id);
      else {
        const collection = entry.document.collection || this.#spec.collection;
        const ids = byCollection.get(collection) ?? new Set<string>();
        byCollection.set(collection, ids.add(id));
      }
    }
    // Which collection a broken record is for is not known, so it counts as present in all of them.
    for (const ids of byCollection.values()) for (const id of rejected) ids.add(id);
    return byCollection;
  }

  confirm(): Promise<void> {
    return Promise.resolve();
  }

  async sample(limit: number): Promise<readonly SourceChange[]> {
    const changes: SourceChange[] = [];
    if (limit === 0) return changes;
    for await (const entry of (await this.#open()).read(null)) {
      changes.push(this.#changeOf(entry));
      if (changes.length >= limit) break;
    }
    return changes;
  }

  stats(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #open(): Promise<DocumentSource> {
    try {
      const bytes = await openFile(this.#spec.path);
      return this.kind === 'csv' ? csvSource(bytes) : jsonlSource(bytes);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new KmsError('failed_precondition', `the file ${this.#spec.path} cannot be read (${code})`, {
        cause: error,
      });
    }
  }

  #emptyCheckpoint(file: DocumentSource): FileCheckpoint {
    return {
      kind: 'file',
      path: this.#spec.path,
      identity: file.identity,
      position: null,
      isFull: false,
    };
  }

  #changeOf(entry: SourceEntry): SourceChange {
    if (entry.type === 'rejected') {
      const key = { collection: this.#spec.collection, id: entry.id ?? '' };
      return rejectedChange(key, entry.violations, { place: entry.place });
    }
    const { document } = entry;
    const key = { collection: document.collection || this.#spec.collection, id: document.id };
    const mediaType = mediaTypes.find((known) => known === document.mediaType);
    const embedding = document.embedding === null ? null : unitVector(document.embedding);
    const whole: Document = { ...document, ...key, mediaType: mediaType ?? 'text/plain', embedding };
    const violations = [...documentViolations(whole)];
    if (document.embedding !== null && embedding === null)
      violations.push({ field: 'embedding', description: 'is all zero: it has no direction' });
    if (mediaType === undefined)
      violations.push({ field: 'media_type', description: `must be one of ${mediaTypes.join(', ')}` });
    if (violations.length > 0) return rejectedChange(key, violations, rawOf(document, entry.place));
    return { type: 'upsert', document: whole };
  }
}

/** Null when it has no direction. */
function unitVector(vector: Float32Array): Float32Array | null {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? null : vector.map((value) => value / length);
}

function rawOf({ embedding, ...fields }: SourceDocument, place: string): Readonly<Record<string, unknown>> {
  return { place, ...fields, hasEmbedding: embedding !== null };
}

function startOf(from: SourceCheckpoint | null, mode: SyncMode, empty: FileCheckpoint): FileCheckpoint {
  const last = from as unknown as FileCheckpoint | null;
  const isSame = last?.kind === 'file' && last.path === empty.path && last.identity === empty.identity;
  const begin = { ...empty, isFull: mode === 'full' };
  if (!isSame || (mode === 'full' && !last.isFull)) return begin;
  return last;
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new KmsError('cancelled', 'reading the source was stopped');
}
