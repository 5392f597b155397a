// Whether a table can be followed by logical replication, asked before anything is made: a publication on a table whose
// rows cannot be told apart would make the application's own updates fail.

import { KmsError } from '../../base/errors.ts';
import type { PostgresSpec } from '../source-spec.ts';
import type { PostgresConnection } from './connection.ts';
import { precondition, replicatedTable } from './replication-slot.ts';

/** Throws `failed_precondition` that says what to change. Resolves with the table's id in the messages of the stream. */
export async function checkReplication(spec: PostgresSpec, connection: PostgresConnection): Promise<number> {
  const table = replicatedTable(spec);
  const [level] = await connection.row(`select current_setting('wal_level')`);
  if (level !== 'logical')
    throw precondition(
      `changes: cdc needs wal_level = logical, the server has ${level}`,
      `alter system set wal_level = logical (and restart the server)`,
    );
  const [oid, identity, key] = await connection.row(
    `select c.oid, c.relreplident, (
       select string_agg(a.attname, E'\\n') from pg_index i
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
       where i.indrelid = c.oid and case c.relreplident when 'i' then i.indisreplident else i.indisprimary end)
     from pg_class c where c.oid = $1::regclass`,
    [table],
  );
  const keyColumns = (key ?? '').split('\n');
  // A delete carries these columns and no others.
  const known = (column: string) => identity === 'f' || (identity !== 'n' && keyColumns.includes(column));
  const needed = [spec.columns.id, ...(spec.collection.type === 'column' ? [spec.collection.column] : [])];
  const unknown = needed.filter((column) => !known(column));
  if (unknown.length > 0) {
    const message = `deletes of ${table} do not say ${unknown.join(' and ')}: it is not in the replica identity`;
    throw precondition(message, `alter table ${table} replica identity full`);
  }
  // The library reads ids as signed numbers.
  if (oid === undefined || oid === null) throw new KmsError('internal', 'the table has no id');
  return Number(oid) | 0;
}
