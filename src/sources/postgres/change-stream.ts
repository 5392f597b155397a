// What has changed in a table since a place in the log, from the table's replication slot. Read without moving the slot:
// it is moved when the engine says that the changes are durable.

import type { ReadOptions, SourceBatch, SourceChange } from '../sync-source.ts';
import { type PostgresCheckpoint, toSourceCheckpoint } from './checkpoint.ts';
import type { TextRow } from './connection.ts';
import { formatPosition, parsePosition } from './log-position.ts';
import { bytesOf, type ReplicationSlot } from './replication-slot.ts';
import { TableScan, type TableScanParts } from './table-scan.ts';
import { type ReplicationMessage, type ReplicationTuple, TextPgoutput } from './text-pgoutput.ts';

/** The server lays out the messages of this much log at a time, on its own disk. */
const stepBytes = 64n * 1024n * 1024n;

export interface ChangeStreamParts extends TableScanParts {
  readonly slot: ReplicationSlot;
  readonly publication: string;
  /** As the messages name the table. */
  readonly relationId: number;
  readonly exclusively: <T>(action: () => Promise<T>) => Promise<T>;
}

/** A change, or null for a row that must be read again. */
interface Pending {
  readonly id: string;
  readonly change: SourceChange | null;
}

export class ChangeStream {
  readonly #parts: ChangeStreamParts;
  readonly #options: ReadOptions;
  readonly #scan: TableScan;
  readonly #collections: Set<string>;
  /** By document, the last change only: what came before it in the same batch does not matter any more. */
  #pending = new Map<string, Pending>();
  #checkpoint: PostgresCheckpoint;
  /** Everything that was committed before it is covered. */
  #position: bigint;

  constructor(parts: ChangeStreamParts, options: ReadOptions, checkpoint: PostgresCheckpoint) {
    this.#parts = parts;
    this.#options = options;
    this.#scan = new TableScan(parts);
    this.#checkpoint = checkpoint;
    this.#collections = new Set(checkpoint.collections);
    this.#position = parsePosition(checkpoint.lsn ?? '0/0');
  }

  /** Up to the end that the log has at the start. */
  async *run(): AsyncGenerator<SourceBatch> {
    const { slot, relationId, exclusively } = this.#parts;
    const end = await slot.end();
    const start = this.#position;
    const truncated = start < end ? await exclusively(() => slot.lastTruncate(start, end, relationId)) : null;
    // At the start, nothing of ours is on its way: what the index holds now is all that must go. And what happened to the
    // table before it was emptied need not be read.
    if (truncated !== null) yield* this.#deleteAll();
    while (this.#position < end) {
      const stepEnd = this.#position + stepBytes < end ? this.#position + stepBytes : end;
      yield* this.#readStep(stepEnd, truncated ?? 0n);
      if (stepEnd > this.#position) this.#position = stepEnd;
    }
    yield await this.#batch();
  }

  async *#deleteAll(): AsyncGenerator<SourceBatch> {
    for (const collection of this.#collections) {
      for await (const ids of this.#options.storedIds(collection)) {
        for (const id of ids) {
          this.#put({ collection, id }, { type: 'delete', key: { collection, id } });
          if (this.#isFull) yield await this.#batch();
        }
      }
    }
  }

  async *#readStep(stepEnd: bigint, truncated: bigint): AsyncGenerator<SourceBatch> {
    const decoder = new TextPgoutput(this.#parts.publication);
    const covered = this.#position;
    let isCovered = false;
    for await (const page of this.#pagesOf(stepEnd)) {
      for (const [at, hex] of page) {
        const message = decoder.parse(bytesOf(hex));
        if (message.tag === 'begin') isCovered = parsePosition(message.commitLsn ?? '0/0') < covered;
        else if (message.tag === 'commit' && !isCovered) this.#reach(message.commitEndLsn);
        else if (!isCovered && parsePosition(at ?? '0/0') >= truncated) this.#add(message);
        if (this.#isFull) yield await this.#batch();
      }
    }
  }

  /** The server reads the log when the first page is asked for; the slot is free again after that. */
  async *#pagesOf(stepEnd: bigint): AsyncGenerator<readonly TextRow[]> {
    const pages = this.#parts.slot.messages(stepEnd);
    const first = await this.#parts.exclusively(() => pages.next());
    if (first.done === true) return;
    yield first.value;
    yield* pages;
  }

  #reach(commitEnd: string | null): void {
    const position = parsePosition(commitEnd ?? '0/0');
    if (position > this.#position) this.#position = position;
  }

  #add(message: ReplicationMessage): void {
    if (message.tag !== 'insert' && message.tag !== 'update' && message.tag !== 'delete') return;
    if (message.relation.relationOid !== this.#parts.relationId) return;
    if (message.tag === 'delete') this.#delete(this.#rowOf(message.old ?? message.key ?? {}));
    else this.#write(message);
  }

  #write(message: Extract<ReplicationMessage, { tag: 'insert' | 'update' }>): void {
    const { mapper } = this.#parts;
    const tuple = message.new as ReplicationTuple;
    const row = this.#rowOf(tuple);
    const key = mapper.key(row);
    if (message.tag === 'update' && (message.old ?? message.key) !== null) {
      const before = this.#rowOf(message.old ?? message.key ?? {});
      const old = { ...key, ...mapper.key(before) };
      if (old.id !== key.id || old.collection !== key.collection) this.#delete(before);
    }
    // A large value that has not changed is not in the log.
    const isWhole = this.#parts.shape.columns.every(({ name }) => tuple[name] !== undefined);
    const change = isWhole ? mapper.change(row) : null;
    if (change?.type === 'upsert') this.#collections.add(change.document.collection);
    this.#put(key, change);
  }

  #delete(row: TextRow): void {
    const key = this.#parts.mapper.key(row);
    if (key.id !== '') this.#put(key, { type: 'delete', key });
  }

  #put(key: { readonly collection: string; readonly id: string }, change: SourceChange | null): void {
    // A rejected row does not take the place of a delete before it.
    const name = `${key.collection}\0${key.id}\0${change?.type === 'rejected'}`;
    // To the end of the order, too.
    this.#pending.delete(name);
    this.#pending.set(name, { id: key.id, change });
  }

  get #isFull(): boolean {
    return this.#pending.size >= this.#options.batchDocuments;
  }

  async #batch(): Promise<SourceBatch> {
    const pending = [...this.#pending.values()];
    this.#pending = new Map();
    const ids = pending.filter(({ change }) => change === null).map(({ id }) => id);
    const changes = pending.flatMap(({ change }) => (change === null ? [] : [change]));
    // A row that is gone by now is followed by its delete.
    if (ids.length > 0)
      for (const row of await this.#scan.rowsOf(ids)) changes.push(this.#parts.mapper.change(row));
    const collections = [...this.#collections].sort();
    this.#checkpoint = { ...this.#checkpoint, lsn: formatPosition(this.#position), collections };
    return { changes, checkpoint: toSourceCheckpoint(this.#checkpoint) };
  }

  #rowOf(tuple: ReplicationTuple): TextRow {
    return this.#parts.shape.columns.map(({ name }) => tuple[name] ?? null);
  }
}
