// Up to which update time a sync has seen everything. A transaction that is still running will commit rows whose update
// time lies in the past: the next sync must begin before them, however long the transaction takes.
//
// Two views on running transactions are joined. pg_stat_activity says when a transaction began, but shows other roles'
// ones only to members of pg_read_all_stats. pg_locks shows the ids of all writing ones, to everybody, but no times: so
// each sync leaves a mark (its time, and the next transaction id at that time), and a transaction whose id is not below a
// mark has begun to write after it.

import { applicationPrefix, type PostgresConnection, quoteText } from './connection.ts';

export interface Mark {
  /** `2026-01-31 12:00:00.123456` in UTC, so that the order of texts is the order of times. */
  readonly time: string;
  /** The first transaction id that was not given out yet. */
  readonly xid: string;
}

export interface Horizon {
  /** No row that commits later has an earlier update time, as far as the server's clock made it. */
  readonly watermark: string;
  readonly marks: readonly Mark[];
  /** By the server's clock. */
  readonly nowTime: string;
}

/** Any transaction may have begun before the first sync. */
export const firstMarks: readonly Mark[] = [{ time: '-infinity', xid: '0' }];
/** A transaction that outlives this many syncs may make later ones read a little more than they must. */
const marksMax = 200;

/** Read it before the snapshot of the sync is taken: what commits in between is then seen by both. */
export async function readHorizon(marks: readonly Mark[], connection: PostgresConnection): Promise<Horizon> {
  const [now, oldestTime, xmax, running, visible] = await connection.row(horizonQuery);
  const nowTime = plainTime(now ?? '');
  const completedEnd = BigInt(xmax ?? 0);
  const visibleIds = new Set(readIds(visible));
  const runningIds = readIds(running).map((id) => ({ id, full: fullId(id, completedEnd) }));
  const hidden = runningIds.filter(({ id }) => !visibleIds.has(id)).map(({ full }) => full);
  const kept = hidden.length === 0 ? [] : marksFrom(marks, least(hidden));
  const bounds = [nowTime, ...kept.slice(0, 1).map(({ time }) => time)];
  if (oldestTime) bounds.push(plainTime(oldestTime));
  const next = least(runningIds.map(({ full }) => -full - 1n).concat(-completedEnd));
  return {
    watermark: least(bounds),
    marks: [...kept, { time: nowTime, xid: String(-next) }],
    nowTime,
  };
}

function readIds(text: string | null | undefined): readonly string[] {
  return text ? text.split(',') : [];
}

/** Locks carry the lower half of a transaction id; the whole one is the one nearest to those in use now. */
function fullId(id: string, near: bigint): bigint {
  const wrap = 1n << 32n;
  const full = (near / wrap) * wrap + BigInt(id);
  if (full > near + wrap / 2n) return full - wrap;
  return full < near - wrap / 2n ? full + wrap : full;
}

/** Of at least one value. */
function least<T extends bigint | string>(values: readonly T[]): T {
  let smallest = values[0] as T;
  for (const value of values) if (value < smallest) smallest = value;
  return smallest;
}

/** `2026-01-31 12:00:00.5+00` without its zone, which is always UTC. */
export function plainTime(text: string): string {
  return text.replace(/\+00$/, '');
}

/**
 * The last mark that the transaction is not older than, and the ones behind it: the next sync may need them for the same
 * transaction. Leaving one out in the middle only makes a bound earlier than it must be.
 */
function marksFrom(marks: readonly Mark[], xid: bigint): readonly Mark[] {
  const first = Math.max(
    0,
    marks.findLastIndex((mark) => BigInt(mark.xid) <= xid),
  );
  const kept = marks.slice(first);
  return kept.length < marksMax ? kept : [...kept.slice(0, 1), ...kept.slice(2)];
}

/** Vacuum and replication senders change no rows; our own sessions only read. */
const horizonQuery = `
  with visible as materialized (
    select xact_start, backend_xid, datname
    from pg_stat_activity
    where xact_start is not null and pid <> pg_backend_pid()
      and backend_type not in ('autovacuum worker', 'autovacuum launcher', 'walsender')
      and application_name not like ${quoteText(`${applicationPrefix} %`)}
  )
  select clock_timestamp(),
    (select min(xact_start) from visible where datname = current_database()),
    pg_snapshot_xmax(pg_current_snapshot())::text,
    (select string_agg(transactionid::text, ',') from pg_locks
      where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted),
    (select string_agg(backend_xid::text, ',') from visible where backend_xid is not null)`;
