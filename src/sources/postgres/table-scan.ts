// Reads a table in pages that can be taken up again: by id for a load, by (update time, id) for changes, and as a plain
// list of ids for comparing. The database compares the keys, with its own order and its own precision.

import { KmsError } from '../../base/errors.ts';
import type { PostgresSpec } from '../source-spec.ts';
import { type PostgresConnection, quoteName, quoteText, type TextRow } from './connection.ts';
import type { RowMapper } from './row-mapper.ts';
import { plainTime } from './sync-horizon.ts';
import type { TableShape } from './table-shape.ts';

export interface TableScanParts {
  readonly spec: PostgresSpec;
  readonly shape: TableShape;
  readonly mapper: RowMapper;
  readonly connection: PostgresConnection;
}

/** Behind a row, or from an update time on. */
export type ChangesStart =
  | { readonly type: 'from'; readonly time: string }
  | { readonly type: 'after'; readonly time: string; readonly id: string };

/** Rows of one page in memory: some megabytes with ordinary texts. */
const pageRowsMax = 500;
const idsPerPage = 5_000;
/** Counting is for the progress bar: not worth more than this. */
const countTimeoutMs = 3_000;

export class TableScan {
  readonly #parts: TableScanParts;
  readonly #id: string;
  readonly #idType: string;
  readonly #time: string | null;
  readonly #timeType: string;

  constructor(parts: TableScanParts) {
    const { columns } = parts.spec;
    const typeOf = (column: string) => parts.shape.columns[parts.shape.indexOf(column)]?.typeName ?? 'text';
    this.#parts = parts;
    this.#id = `t.${quoteName(columns.id)}`;
    this.#idType = typeOf(columns.id);
    this.#time = columns.updateTime === null ? null : `t.${quoteName(columns.updateTime)}`;
    this.#timeType = typeOf(columns.updateTime ?? '');
  }

  /** Rows behind `afterId`, in the order of ids. Rows without an id are not documents. */
  async *load(afterId: string | null, rowsMax: number): AsyncGenerator<readonly TextRow[]> {
    const limit = Math.min(rowsMax, pageRowsMax);
    let after = afterId;
    for (;;) {
      const rule = after === null ? `${this.#id} is not null` : `${this.#id} > $1::${this.#idType}`;
      const values = after === null ? [] : [after];
      const rows = await this.#rows(`where ${rule} order by ${this.#id} limit ${limit}`, values);
      if (rows.length > 0) yield rows;
      if (rows.length < limit) return;
      after = this.#parts.mapper.id(rows.at(-1) ?? []);
    }
  }

  /** Rows in the order of (update time, id). Only with a column for the update time. */
  async *changes(start: ChangesStart, rowsMax: number): AsyncGenerator<readonly TextRow[]> {
    const limit = Math.min(rowsMax, pageRowsMax);
    let at = start;
    for (;;) {
      const { rule, values } = this.#changesRule(at);
      const order = `order by ${this.#timeColumn}, ${this.#id} limit ${limit}`;
      const rows = await this.#rows(`where ${rule} ${order}`, values);
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (rows.length < limit || last === undefined) return;
      const { mapper } = this.#parts;
      at = { type: 'after', time: mapper.updateTime(last) ?? '', id: mapper.id(last) };
    }
  }

  /** The latest update time as UTC text; null: the table is empty, or has no such column. */
  async updateTimeMax(): Promise<string | null> {
    if (this.#time === null) return null;
    const [time] = await this.#parts.connection.row(`select max(${this.#time}) from ${this.#from}`);
    return time === null || time === undefined ? null : plainTime(time);
  }

  /** Ids of the rows of a collection that are not deleted, in the order of their UTF-8 bytes. Inside a transaction only. */
  async *ids(collection: string): AsyncGenerator<readonly string[]> {
    const { spec, shape, connection } = this.#parts;
    const rules = [`${this.#id} is not null`];
    const { deleted } = spec.columns;
    if (deleted !== null) {
      const isBoolean = shape.columns[shape.indexOf(deleted)]?.kind === 'boolean';
      rules.push(`t.${quoteName(deleted)} is ${isBoolean ? 'not true' : 'null'}`);
    }
    if (spec.collection.type === 'column')
      rules.push(`t.${quoteName(spec.collection.column)}::text = ${quoteText(collection)}`);
    const select = `select ${this.#id}::text collate "C" from ${this.#from} where ${rules.join(' and ')} order by 1`;
    for await (const rows of connection.cursorPages(select, idsPerPage)) yield rows.map(([id]) => id ?? '');
  }

  /** The rows of these ids that are there now, in no order. */
  async rowsOf(ids: readonly string[]): Promise<readonly TextRow[]> {
    return this.#rows(`where ${this.#id} = any($1::${this.#idType}[])`, [ids]);
  }

  /** How many rows `load` or `changes` would give; null when counting takes too long. Not inside a transaction. */
  async count(
    start: { readonly type: 'load'; readonly afterId: string | null } | ChangesStart,
  ): Promise<number | null> {
    const { connection, spec } = this.#parts;
    const { rule, values } =
      start.type !== 'load'
        ? this.#changesRule(start)
        : start.afterId === null
          ? { rule: `${this.#id} is not null`, values: [] }
          : { rule: `${this.#id} > $1::${this.#idType}`, values: [start.afterId] };
    await connection.query(`set statement_timeout = ${Math.min(countTimeoutMs, spec.statementTimeoutMs)}`);
    try {
      const [count] = await connection.row(`select count(*) from ${this.#from} where ${rule}`, values);
      return Number(count);
    } catch (error) {
      if (error instanceof KmsError && error.facts['sqlState'] === queryCancelled) return null;
      throw error;
    } finally {
      await connection.query(`set statement_timeout = ${spec.statementTimeoutMs}`);
    }
  }

  /** Times are compared in the column's own type, so that an index serves; the session's zone is UTC. */
  #changesRule(at: ChangesStart): { readonly rule: string; readonly values: readonly string[] } {
    const { overlapMs } = this.#parts.spec;
    if (at.type === 'after') {
      const rule = `(${this.#timeColumn}, ${this.#id}) > ($1::${this.#timeType}, $2::${this.#idType})`;
      return { rule, values: [at.time, at.id] };
    }
    const from = `($1::timestamp - interval '${overlapMs} milliseconds')::${this.#timeType}`;
    return { rule: `${this.#timeColumn} >= ${from}`, values: [at.time] };
  }

  get #timeColumn(): string {
    if (this.#time === null) throw new KmsError('internal', 'changes are read without an update time');
    return this.#time;
  }

  get #from(): string {
    return this.#parts.shape.from;
  }

  async #rows(rest: string, values: readonly unknown[]): Promise<readonly TextRow[]> {
    const { connection, mapper } = this.#parts;
    return connection.rows(`select ${mapper.selectList} from ${this.#from} ${rest}`, values);
  }
}

const queryCancelled = '57014';
