import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeIndex } from '../../support/fake-index.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { casesSource, createCases } from './cases-table.ts';

const columns = {
  id: 'id',
  title: 'title',
  body: ['body'],
  updateTime: 'updated_at',
  deleted: null,
  attributes: [],
} as const;

describe('what the rows of a PostgreSQL table become', () => {
  let postgres: TestPostgres;
  let client: pg.Client;

  beforeAll(async () => {
    postgres = await startPostgres();
    client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await postgres.stop();
  });
  beforeEach(() => createCases(client, 3));

  it('every type of column is typed, exact and in UTC', async () => {
    await client.query(`
      drop table if exists typed;
      create domain short_text as text;
      create type level as enum ('low', 'high');
      create table typed (
        id uuid primary key, body short_text, flag boolean, small smallint, big bigint, price numeric(20, 4),
        at timestamptz, plain timestamp, day date, data jsonb, tags text[], level level, fixed char(6), nothing text
      );
      insert into typed values ('6f9619ff-8b86-d011-b42d-00cf4fc964ff', 'text', true, 7, 9007199254740991, 12.5,
        '2026-01-31 12:00:00.123456+05:45', '2026-01-31 12:00:00', '2026-01-31', '{"b": 1}', '{x,"y z",null}', 'high', 'ab', null)`);
    const names = [
      'flag',
      'small',
      'big',
      'price',
      'at',
      'plain',
      'day',
      'data',
      'tags',
      'level',
      'fixed',
      'nothing',
    ];
    const source = casesSource(postgres.url, {
      relation: { type: 'table', schema: null, table: 'typed' },
      columns: {
        ...columns,
        title: null,
        updateTime: 'at',
        attributes: names.map((name) => ({ name, column: name })),
      },
    });
    const [change] = await source.sample(1);
    const timeMs = Date.UTC(2026, 0, 31, 6, 15, 0, 123);
    expect(change).toEqual({
      type: 'upsert',
      document: {
        collection: 'cases',
        id: '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
        title: '',
        body: 'text',
        mediaType: 'text/plain',
        updateTimeMs: timeMs,
        embedding: null,
        attributes: {
          flag: true,
          small: 7,
          big: 9_007_199_254_740_991,
          price: 12.5,
          at: { timeMs },
          plain: { timeMs: Date.UTC(2026, 0, 31, 12) },
          day: { timeMs: Date.UTC(2026, 0, 31) },
          data: '{"b": 1}',
          tags: ['x', 'y z'],
          level: 'high',
          fixed: 'ab',
        },
      },
    });
  });

  it.each([
    ['bigint', `9223372036854775800 + n`],
    ['uuid', `md5(n::text)::uuid`],
    ['text collate "en-US-x-icu"', `chr(65 + n % 26) || chr(97 + n % 25) || chr(228) || chr(128512) || n`],
  ])('a load of pages follows ids of type %s', async (type, expression) => {
    await client.query(`
      drop table cases;
      create table cases (id ${type} primary key, title text, body text, updated_at timestamptz default now());
      insert into cases (id, title) select ${expression}, 'n' from generate_series(0, ${type === 'bigint' ? 7 : 400}) n`);
    const index = new FakeIndex();
    const source = casesSource(postgres.url);
    for (let run = 0; run < 3; run++) await index.sync(source, { batchDocuments: 3, batchesMax: 2 });
    await index.sync(source, { batchDocuments: 7 });
    const { rows } = await client.query<{ id: string }>(
      'select id::text from cases order by id::text collate "C"',
    );
    expect(index.ids()).toEqual(rows.map(({ id }) => id));
    // The comparison of ids walks in the order of bytes, whatever the column's own order is.
    await client.query(`delete from cases where id in (select id from cases order by id limit 5)`);
    await index.sync(source, { mode: 'reconcile' });
    expect(index.ids()).toHaveLength(rows.length - 5);
  });

  it('a query, several body columns and a column for collection and media type', async () => {
    await client.query(`drop table if exists articles;
      create table articles (id int, title text, intro text, main text, kind text, format text);
      insert into articles values (1, 't', 'intro', 'main', 'guides', 'text/markdown'), (2, 't', null, 'main', 'news', null)`);
    const source = casesSource(postgres.url, {
      relation: { type: 'query', sql: `select *, now() as at from articles where title = 't' -- all` },
      columns: { ...columns, body: ['intro', 'main'], updateTime: null },
      collection: { type: 'column', column: 'kind' },
      mediaType: { type: 'column', column: 'format' },
    });
    const index = new FakeIndex();
    await index.sync(source);
    expect(index.get('1', 'guides')).toMatchObject({ body: 'intro\n\nmain', mediaType: 'text/markdown' });
    expect(index.get('2', 'news')).toMatchObject({ body: 'main', mediaType: 'text/plain' });
    // Without an update time every sync reads everything; what is gone is found in every collection that was ever seen.
    await client.query('delete from articles where id = 2');
    await index.sync(source, { mode: 'full' });
    expect([...index.documents.keys()]).toEqual(['guides/1']);
  });

  it('a row that cannot be a document is rejected with its reason, and the rest goes on', async () => {
    await client.query(
      `insert into cases values (4, repeat('x', 5000), 'body'), (5, null, null), (6, 'good', 'body')`,
    );
    const index = new FakeIndex();
    await index.sync(casesSource(postgres.url));
    expect(index.ids()).toEqual(['1', '2', '3', '6']);
    expect(index.rejected.map(({ key, fault }) => [key.id, fault.code, fault.violations[0]?.field])).toEqual([
      ['4', 'invalid_argument', 'title'],
      ['5', 'invalid_argument', 'body'],
    ]);
    expect(JSON.parse(index.rejected[1]?.raw ?? '')).toMatchObject({ id: '5', title: null });
  });

  it.each([
    ['boolean', 'true'],
    ['timestamptz', 'now()'],
  ])('a row that is marked as deleted by a %s goes', async (type, mark) => {
    await client.query(`alter table cases add column gone ${type}`);
    const index = new FakeIndex();
    const source = casesSource(postgres.url, { columns: { ...columns, deleted: 'gone' } });
    await index.sync(source);
    await client.query(`update cases set gone = ${mark}, updated_at = clock_timestamp() where id = 2`);
    await index.sync(source);
    expect(index.ids()).toEqual(['1', '3']);
  });

  it('another mapping reads everything again', async () => {
    const index = new FakeIndex();
    await index.sync(casesSource(postgres.url));
    await index.sync(casesSource(postgres.url, { columns: { ...columns, title: null } }));
    expect(index.upserts).toBe(6);
    expect(index.get('1')?.title).toBe('');
  });
});
