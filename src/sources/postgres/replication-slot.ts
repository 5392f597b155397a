// The replication slot of a source: made when it is missing and we may, looked into without being moved, and moved on
// only over what is durable. It is read with the server's own functions instead of a standing replication connection:
// the database keeps everything behind the slot, so a reader needs no state that a crash or a lost connection could break.

import { KmsError } from '../../base/errors.ts';
import type { ChangesSpec, PostgresSpec } from '../source-spec.ts';
import { type PostgresConnection, quoteName, quoteText, type TextRow } from './connection.ts';
import { formatPosition, parsePosition } from './log-position.ts';

/** Messages of one look for changes. */
const lookMessagesMax = 1_000;
/** First bytes of the messages that change rows: insert, update, delete, truncate. */
const rowTags = [...'IUDT'].map((tag) => tag.charCodeAt(0)).join(', ');
const beginTag = 'B'.charCodeAt(0);
const truncateTag = 'T'.charCodeAt(0);
/** Messages in memory: rows of ordinary size take some megabytes. */
const messagesPerPage = 500;

export class ReplicationSlot {
  readonly #connection: PostgresConnection;
  readonly #spec: PostgresSpec;
  readonly #names: Extract<ChangesSpec, { type: 'cdc' }>;

  constructor(
    connection: PostgresConnection,
    spec: PostgresSpec,
    names: Extract<ChangesSpec, { type: 'cdc' }>,
  ) {
    this.#connection = connection;
    this.#spec = spec;
    this.#names = names;
  }

  /** Up to where it was moved; null when there is no such slot, or the server has thrown away what it needs. */
  async confirmed(): Promise<bigint | null> {
    const [row] = await this.#connection.rows(
      `select plugin, database = current_database(), wal_status, confirmed_flush_lsn
       from pg_replication_slots where slot_name = $1`,
      [this.#names.slot],
    );
    if (row === undefined) return null;
    const [plugin, isHere, status, position] = row;
    if (plugin !== 'pgoutput' || isHere !== 't') {
      throw new KmsError(
        'failed_precondition',
        `the replication slot ${this.#names.slot} belongs to another plugin or database; name another one in slot`,
      );
    }
    return status === 'lost' || !position ? null : parsePosition(position);
  }

  /** A new slot, at the present end of the log; one that was lost is replaced. */
  async create(): Promise<bigint> {
    const { slot } = this.#names;
    const sql = `select pg_create_logical_replication_slot(${quoteText(slot)}, 'pgoutput')`;
    await this.#connection.query(
      `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1`,
      [slot],
    );
    await this.#orTell(sql, 'needs a role with REPLICATION');
    const position = await this.confirmed();
    if (position === null) throw new KmsError('unavailable', `the replication slot ${slot} vanished`);
    return position;
  }

  /** Makes the publication when it is missing. Throws `failed_precondition` with the SQL that an operator must run. */
  async ensurePublication(): Promise<void> {
    const { publication } = this.#names;
    const table = replicatedTable(this.#spec);
    const rows = await this.#connection.rows(
      `select p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate, p.puballtables or exists (
         select from pg_publication_tables t where t.pubname = p.pubname
           and format('%I.%I', t.schemaname, t.tablename)::regclass = $2::regclass)
       from pg_publication p where p.pubname = $1`,
      [publication, table],
    );
    const [found] = rows;
    if (found === undefined) {
      const sql = `create publication ${quoteName(publication)} for table ${table} with (publish_via_partition_root = true)`;
      await this.#orTell(sql, 'needs the owner of the table and CREATE on the database');
      return;
    }
    if (found[0] !== 't')
      throw precondition(
        `the publication ${publication} must publish insert, update, delete and truncate`,
        '',
      );
    if (found[1] !== 't')
      throw precondition(
        `the publication ${publication} lacks the table`,
        `alter publication ${quoteName(publication)} add table ${table}`,
      );
  }

  /** The log up to here is on the server's disk. */
  async end(): Promise<bigint> {
    const [position] = await this.#connection.row('select pg_current_wal_flush_lsn()');
    return parsePosition(position ?? '0/0');
  }

  /** All messages of transactions that end up to `end`, in pages: position and bytes (as hex) of each. */
  messages(end: bigint): AsyncGenerator<readonly TextRow[]> {
    return this.#connection.pages(`select lsn, data from ${this.#peek(end, null)}`, messagesPerPage);
  }

  /** Where the table was last truncated by a transaction that ended behind `from`, up to `end`; null: nowhere. */
  async lastTruncate(from: bigint, end: bigint, relationId: number): Promise<bigint | null> {
    const select = `select lsn, data from ${this.#peek(end, null)} where get_byte(data, 0) in (${beginTag}, ${truncateTag})`;
    let last: bigint | null = null;
    let isCovered = false;
    for await (const page of this.#connection.pages(select, messagesPerPage)) {
      for (const [position, hex] of page) {
        const bytes = bytesOf(hex);
        // A transaction's first message says where it ends.
        if (bytes[0] === beginTag) isCovered = bytes.readBigUInt64BE(1) < from;
        else if (!isCovered && truncates(bytes, relationId)) last = parsePosition(position ?? '0/0');
      }
    }
    return last;
  }

  /** Whether rows have changed behind the slot, and up to where it is certain that none has. */
  async look(): Promise<{ readonly hasChanges: boolean; readonly quietUntil: bigint }> {
    const end = await this.end();
    const [count, hasChanges, last] = await this.#connection.row(
      `select count(*), coalesce(bool_or(get_byte(data, 0) in (${rowTags})), false), max(lsn)
       from ${this.#peek(end, lookMessagesMax)}`,
    );
    const isWhole = Number(count) < lookMessagesMax;
    return { hasChanges: hasChanges === 't', quietUntil: isWhole || !last ? end : parsePosition(last) };
  }

  /** Lets the server forget what lies before `position`; never moves back. */
  async advance(position: bigint): Promise<void> {
    await this.#connection.query(
      `select pg_replication_slot_advance(slot_name, $2::pg_lsn) from pg_replication_slots
       where slot_name = $1 and confirmed_flush_lsn < $2::pg_lsn and $2::pg_lsn <= pg_current_wal_flush_lsn()`,
      [this.#names.slot, formatPosition(position)],
    );
  }

  /** Bytes of log that the server keeps because of the slot; null when there is none. */
  async lagBytes(): Promise<number | null> {
    const [row] = await this.#connection.rows(
      `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), confirmed_flush_lsn)
       from pg_replication_slots where slot_name = $1`,
      [this.#names.slot],
    );
    const [lag] = row ?? [];
    return lag ? Math.max(0, Number(lag)) : null;
  }

  #peek(end: bigint, messagesMax: number | null): string {
    const { slot, publication } = this.#names;
    const names = [slot, formatPosition(end), publication].map(quoteText);
    return `pg_logical_slot_peek_binary_changes(${names[0]}, ${names[1]}, ${messagesMax},
      'proto_version', '1', 'publication_names', ${names[2]})`;
  }

  async #orTell(sql: string, needs: string): Promise<void> {
    try {
      await this.#connection.query(sql);
    } catch (error) {
      const isRefused = error instanceof KmsError && error.facts['sqlState'] === '42501';
      throw isRefused ? precondition(`the role may not do this, which ${needs}`, sql) : error;
    }
  }
}

/** The quoted name of the table that is followed. */
export function replicatedTable({ relation }: PostgresSpec): string {
  if (relation.type === 'query') throw new KmsError('internal', 'a query has no replication stream');
  return quoteName(...(relation.schema === null ? [] : [relation.schema]), relation.table);
}

/** Tag (1 byte), number of tables (4), flags (1), then the tables' ids (4 each). */
function truncates(bytes: Buffer, relationId: number): boolean {
  for (let at = 6; at + 4 <= bytes.length; at += 4) if (bytes.readInt32BE(at) === relationId) return true;
  return false;
}

/** `sql`: what the operator should run. */
export function precondition(message: string, sql: string): KmsError {
  return new KmsError('failed_precondition', sql === '' ? message : `${message}; run: ${sql};`);
}

/** Bytes as the server writes them: `\x42...`. */
export function bytesOf(hex: string | null | undefined): Buffer {
  return Buffer.from((hex ?? '').slice(2), 'hex');
}
