// The table that most tests of the PostgreSQL source read, and the source for it.

import type pg from 'pg';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { PostgresSource } from '../../../src/sources/postgres/postgres-source.ts';
import type { PostgresSpec } from '../../../src/sources/source-spec.ts';
import type { FakeIndex } from '../../support/fake-index.ts';

/** A source of the table public.cases as most tests use it. */
export function casesSource(
  url: string,
  changed: Partial<PostgresSpec> = {},
  clock: Clock = systemClock,
): PostgresSource {
  const spec: PostgresSpec = {
    type: 'postgres',
    name: 'cases',
    everyMs: null,
    url,
    relation: { type: 'table', schema: 'public', table: 'cases' },
    collection: { type: 'fixed', value: 'cases' },
    mediaType: { type: 'fixed', value: 'text/plain' },
    columns: {
      id: 'id',
      title: 'title',
      body: ['body'],
      updateTime: 'updated_at',
      deleted: null,
      attributes: [],
    },
    overlapMs: 0,
    reconcile: 'never',
    changes: { type: 'polling' },
    statementTimeoutMs: 30_000,
    ...changed,
  };
  return new PostgresSource(spec, clock);
}

/** A fresh public.cases with `count` rows, ids 1 to `count`. */
export async function createCases(client: pg.Client, count: number): Promise<void> {
  await client.query(`
    drop table if exists public.cases;
    create table public.cases (
      id bigint primary key,
      title text,
      body text,
      updated_at timestamptz not null default clock_timestamp()
    );
    create index on public.cases (updated_at, id);
    insert into public.cases (id, title, body)
    select n, 'case ' || n, 'the printer of room ' || n || ' is out of paper' from generate_series(1, ${count}) n`);
}

/** What the index must hold: `id title body` of each row. */
export async function tableContent(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select concat_ws(' ', id, title, body) as line from public.cases order by id::text collate "C"`,
  );
  return rows.map(({ line }) => line);
}

export function indexContent(index: FakeIndex): readonly string[] {
  return index.ids().map((id) => {
    const document = index.get(id);
    return [id, document?.title, document?.body].join(' ');
  });
}
