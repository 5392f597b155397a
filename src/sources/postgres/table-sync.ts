// One sync of a table without a replication stream: a load in the order of ids, or the changes since a watermark, then
// what is gone. All of it inside one snapshot, and every batch with the checkpoint that it leads to.

import { KmsError } from '../../base/errors.ts';
import { collectionNamePattern } from '../../model/limits.ts';
import type { ReadOptions, SourceBatch, SourceChange } from '../sync-source.ts';
import {
  type ChangesScan,
  type LoadScan,
  type PostgresCheckpoint,
  toSourceCheckpoint,
} from './checkpoint.ts';
import { parseTimeMs } from './column-value.ts';
import { quoteName, type TextRow } from './connection.ts';
import { findGone } from './find-gone.ts';
import { type Horizon, plainTime, readHorizon } from './sync-horizon.ts';
import { TableScan, type TableScanParts } from './table-scan.ts';

/** Collections that the rows of one source may name: they are kept in the checkpoint. */
const collectionsMax = 1_000;

export class TableSync {
  readonly #parts: TableScanParts;
  readonly #options: ReadOptions;
  readonly #scan: TableScan;
  /** What will be true once all that was given out is durable. */
  #checkpoint: PostgresCheckpoint;

  constructor(parts: TableScanParts, options: ReadOptions, previous: PostgresCheckpoint) {
    this.#parts = parts;
    this.#options = options;
    this.#scan = new TableScan(parts);
    this.#checkpoint = previous;
  }

  /** Goes on with an unfinished scan; else reads what is new. The last batch has the checkpoint of the whole sync. */
  async *run(): AsyncGenerator<SourceBatch> {
    const { connection } = this.#parts;
    const horizon = await readHorizon(this.#checkpoint.marks, connection);
    yield* connection.inSnapshot(() => this.#inSnapshot(horizon));
  }

  async *#inSnapshot(horizon: Horizon): AsyncGenerator<SourceBatch> {
    const { mode } = this.#options;
    const scan = this.#nextScan();
    const isFull = scan?.type === 'load' && scan.isFull;
    const isDue = mode === 'reconcile' || isFull || this.#isReconcileDue(horizon.nowTime);
    if (scan?.type === 'load') yield* this.#load(scan, horizon);
    else if (scan?.type === 'changes' || mode !== 'reconcile') yield* this.#readChanges(scan, horizon);
    // A full load stays unfinished while ids are compared: interrupted there, it goes on there.
    if (mode !== 'reconcile' && !isFull) this.#checkpoint = { ...this.#checkpoint, scan: null };
    if (isDue) {
      yield* this.#reconcile();
      this.#checkpoint = { ...this.#checkpoint, reconciledTime: horizon.nowTime };
    }
    if (isFull) this.#checkpoint = { ...this.#checkpoint, scan: null };
    yield this.#batch([]);
  }

  /** Null: from the watermark on, or nothing at all when ids are only compared. */
  #nextScan(): LoadScan | ChangesScan | null {
    const { scan, watermark } = this.#checkpoint;
    const { mode } = this.#options;
    if (mode === 'reconcile') return null;
    if (mode === 'full')
      return scan?.type === 'load' && scan.isFull ? scan : { type: 'load', afterId: null, isFull: true };
    if (scan === null && watermark === null) return { type: 'load', afterId: null, isFull: false };
    return scan;
  }

  async *#load(start: LoadScan, horizon: Horizon): AsyncGenerator<SourceBatch> {
    if (start.afterId === null) {
      // Valid from the start of the first load on, however often it is resumed: whatever changes meanwhile is behind it.
      const latest = (await this.#scan.updateTimeMax()) ?? '-infinity';
      const hasTime = this.#parts.spec.columns.updateTime !== null;
      const watermark = hasTime ? lesser(horizon.watermark, latest) : null;
      this.#checkpoint = { ...this.#checkpoint, watermark, marks: horizon.marks };
    }
    for await (const rows of this.#scan.load(start.afterId, this.#options.batchDocuments)) {
      const scan = { ...start, afterId: this.#parts.mapper.id(rows.at(-1) ?? []) };
      this.#checkpoint = { ...this.#checkpoint, scan };
      yield this.#batch(this.#changes(rows));
    }
  }

  async *#readChanges(unfinished: ChangesScan | null, horizon: Horizon): AsyncGenerator<SourceBatch> {
    const { mapper } = this.#parts;
    const { watermark, marks } = this.#checkpoint;
    let at = unfinished;
    const until = at?.until ?? horizon.watermark;
    const start =
      at === null
        ? ({ type: 'from', time: watermark ?? '-infinity' } as const)
        : ({ type: 'after', time: at.afterTime, id: at.afterId } as const);
    this.#checkpoint = { ...this.#checkpoint, marks: at === null ? horizon.marks : marks };
    for await (const rows of this.#scan.changes(start, this.#options.batchDocuments)) {
      const last = rows.at(-1) ?? [];
      at = { type: 'changes', until, afterTime: mapper.updateTime(last) ?? '', afterId: mapper.id(last) };
      this.#checkpoint = { ...this.#checkpoint, scan: at };
      yield this.#batch(this.#changes(rows));
    }
    // Not beyond what was seen: the clock that sets the update times may be behind the server's.
    if (at !== null)
      this.#checkpoint = { ...this.#checkpoint, watermark: lesser(at.until, plainTime(at.afterTime)) };
  }

  /** Deletes for what the index holds and the table does not. */
  async *#reconcile(): AsyncGenerator<SourceBatch> {
    const { batchDocuments, storedIds } = this.#options;
    for (const collection of await this.#knownCollections()) {
      let changes: SourceChange[] = [];
      for await (const id of findGone(storedIds(collection), this.#scan.ids(collection))) {
        changes.push({ type: 'delete', key: { collection, id } });
        if (changes.length < batchDocuments) continue;
        yield this.#batch(changes);
        changes = [];
      }
      if (changes.length > 0) yield this.#batch(changes);
    }
  }

  async #knownCollections(): Promise<readonly string[]> {
    const { spec, shape, connection } = this.#parts;
    if (spec.collection.type === 'fixed') return [spec.collection.value];
    const column = `t.${quoteName(spec.collection.column)}::text`;
    const rows = await connection.rows(
      `select distinct ${column} from ${shape.from} where ${column} is not null limit ${collectionsMax + 1}`,
    );
    this.#addCollections(rows.map(([collection]) => collection ?? ''));
    return this.#checkpoint.collections;
  }

  #changes(rows: readonly TextRow[]): readonly SourceChange[] {
    const changes = rows.map((row) => this.#parts.mapper.change(row));
    const upserts = changes.flatMap((change) =>
      change.type === 'upsert' ? [change.document.collection] : [],
    );
    if (this.#parts.spec.collection.type === 'column') this.#addCollections(upserts);
    return changes;
  }

  #addCollections(names: readonly string[]): void {
    const known = new Set(this.#checkpoint.collections);
    for (const name of names) if (collectionNamePattern.test(name)) known.add(name);
    if (known.size > collectionsMax) {
      throw new KmsError(
        'failed_precondition',
        `the column for the collection has more than ${collectionsMax} values; choose one with fewer`,
      );
    }
    if (known.size > this.#checkpoint.collections.length)
      this.#checkpoint = { ...this.#checkpoint, collections: [...known].sort() };
  }

  #isReconcileDue(nowTime: string): boolean {
    const { reconcile } = this.#parts.spec;
    if (typeof reconcile !== 'number') return reconcile === 'each';
    const lastMs = parseTimeMs(this.#checkpoint.reconciledTime ?? '');
    return lastMs === null || (parseTimeMs(nowTime) ?? 0) - lastMs >= reconcile;
  }

  #batch(changes: readonly SourceChange[]): SourceBatch {
    return { changes, checkpoint: toSourceCheckpoint(this.#checkpoint) };
  }
}

/** Of two times as UTC text; `-infinity` comes before all others. */
/** Of two times as text. A year above 9999 has one digit more, and would count as the lesser of the two. */
function lesser(a: string, b: string): string {
  const hasLongYear = (time: string) => /^\d{5}/.test(time);
  if (hasLongYear(a) !== hasLongYear(b)) return hasLongYear(a) ? b : a;
  return a < b ? a : b;
}
