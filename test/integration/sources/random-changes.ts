// Random work on the table of cases: single statements, and transactions that stay open while others commit.

import type pg from 'pg';
import { wholeBetween } from '../../support/random.ts';

export interface RandomWork {
  readonly random: () => number;
  /** Sessions for transactions that commit late; at the end all of them have committed. */
  readonly sessions: readonly pg.Client[];
  readonly client: pg.Client;
  readonly idMax: number;
}

/** `count` inserts, updates and deletes; some rows are held by an open transaction, and are then left alone. */
export async function changeAtRandom(
  { random, sessions, client, idMax }: RandomWork,
  count: number,
  between: (step: number) => Promise<void>,
): Promise<void> {
  const open = new Map<pg.Client, { readonly until: number }>();
  const held = new Set<number>();
  const commit = async (session: pg.Client) => {
    await session.query('commit');
    open.delete(session);
    if (open.size === 0) held.clear();
  };
  for (let step = 0; step < count; step++) {
    for (const [session, { until }] of [...open]) if (until <= step) await commit(session);
    const id = wholeBetween(random, 1, idMax);
    if (held.has(id)) continue;
    const idle = sessions.find((session) => !open.has(session));
    const isLate = random() < 0.3 && idle !== undefined;
    const session = isLate ? idle : client;
    if (isLate) {
      await session.query('begin');
      open.set(session, { until: step + wholeBetween(random, 5, 80) });
    }
    // One that is open already writes more, at another time than it began.
    const [writer = session] = random() < 0.3 ? [...open.keys()] : [session];
    if (open.has(writer)) held.add(id);
    await changeRow(writer, id, step, random());
    await between(step);
  }
  for (const session of [...open.keys()]) await commit(session);
}

async function changeRow(writer: pg.Client, id: number, step: number, chance: number): Promise<void> {
  if (chance < 0.3) await writer.query('delete from cases where id = $1', [id]);
  else
    await writer.query(
      `insert into cases (id, title, body, updated_at) values ($1, $2, $3, ${chance < 0.6 ? 'now()' : 'clock_timestamp()'})
       on conflict (id) do update set title = excluded.title, updated_at = excluded.updated_at`,
      [id, `case ${id} at step ${step}`, `written in step ${step}`],
    );
}
