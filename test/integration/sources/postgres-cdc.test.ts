import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import type { PostgresSource } from '../../../src/sources/postgres/postgres-source.ts';
import { FakeIndex } from '../../support/fake-index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { randomFrom } from '../../support/random.ts';
import { casesSource, createCases, indexContent, tableContent } from './cases-table.ts';
import { changeAtRandom } from './random-changes.ts';

describe('a PostgreSQL table with change data capture', () => {
  let postgres: TestPostgres;
  let client: pg.Client;
  const sessions: pg.Client[] = [];
  let source: PostgresSource;

  const open = (clock?: Clock) =>
    casesSource(
      postgres.url,
      { changes: { type: 'cdc', slot: 'kms_cases', publication: 'kms_cases' } },
      clock,
    );

  beforeAll(async () => {
    postgres = await startPostgres();
    for (let count = 0; count < 4; count++) {
      const session = new pg.Client({ connectionString: postgres.url });
      await session.connect();
      sessions.push(session);
    }
    client = sessions.pop() as pg.Client;
  });
  afterAll(async () => {
    await Promise.all([client, ...sessions].map((session) => session.end()));
    await postgres.stop();
  });
  beforeEach(async () => {
    await createCases(client, 300);
    source = open();
  });
  afterEach(async () => {
    await source.close();
    await client.query('drop publication if exists kms_cases');
    await client.query(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()',
    );
  });

  it('random changes, some of them committed late, are all there after the next sync', async () => {
    const seed = 20_260_103;
    const index = new FakeIndex();
    await index.sync(source);
    expect(index.upserts).toBe(300);
    const work = { random: randomFrom(seed), sessions, client, idMax: 400 };
    await changeAtRandom(work, 500, async (step) => {
      if (step % 23 === 0)
        await index.sync(source, { batchDocuments: 20, batchesMax: step % 2 === 0 ? 1 : 100 });
    });
    await index.sync(source);
    expect(indexContent(index), `seed ${seed}`).toEqual(await tableContent(client));
  });

  it('what happens during the load is in the stream', async () => {
    const index = new FakeIndex();
    await index.sync(source, { batchDocuments: 50, batchesMax: 2 });
    await client.query('delete from cases where id in (1, 299)');
    await client.query(`update cases set title = 'during' where id in (2, 298)`);
    await index.sync(source);
    await index.sync(source);
    expect(indexContent(index)).toEqual(await tableContent(client));
  });

  it('an emptied table empties the index, and what was written afterwards is there', async () => {
    const index = new FakeIndex();
    await index.sync(source);
    await client.query(`insert into cases (id, title) values (5000, 'before')`);
    await client.query('truncate cases');
    await client.query(`insert into cases (id, title) values (5001, 'after'), (7, 'again')`);
    await index.sync(source);
    expect(index.ids()).toEqual(['5001', '7']);
    // Covered by the checkpoint already, even where the slot was not moved.
    index.checkpoint = { ...index.checkpoint };
    await index.sync(open());
    expect(index.ids()).toEqual(['5001', '7']);
  });

  it('a large value that an update leaves alone is not lost', async () => {
    const long = Array.from({ length: 4_000 }, (_, n) => Math.imul(n, 2_654_435_761).toString(36)).join(' ');
    await client.query('alter table cases alter column body set storage external');
    await client.query('update cases set body = $1 where id = 5', [long]);
    const index = new FakeIndex();
    await index.sync(source);
    await client.query(`update cases set title = 'short' where id = 5`);
    await index.sync(source);
    expect(index.get('5')).toMatchObject({ title: 'short', body: long });
  });

  it('a changed id is a delete and an insert', async () => {
    const index = new FakeIndex();
    await index.sync(source);
    await client.query('update cases set id = 9000 where id = 9');
    await index.sync(source);
    expect(indexContent(index)).toEqual(await tableContent(client));
  });

  it('the slot moves only over what is durable', async () => {
    const index = new FakeIndex();
    await index.sync(source);
    await client.query(`insert into cases (id, title) values (7000, 'new')`);
    const lagBefore = (await source.stats())['slotLagBytes'] ?? 0;
    expect(lagBefore).toBeGreaterThan(0);
    await index.sync(source, { batchesMax: 0 });
    expect((await source.stats())['slotLagBytes']).toBeGreaterThanOrEqual(lagBefore);
    await index.sync(source);
    expect((await source.stats())['slotLagBytes']).toBe(0);
    expect(index.get('7000')).toBeDefined();
  });

  it('a slot that was dropped costs a full load, and nothing else', async () => {
    const index = new FakeIndex();
    await index.sync(source);
    await client.query(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database()',
    );
    await client.query('delete from cases where id < 10');
    // Noted first, and only then made again: a crash in between must not leave a slot that nobody has loaded for.
    await expect(index.sync(source)).rejects.toMatchObject({ code: 'unavailable' });
    await index.sync(source, { batchesMax: 1 });
    await index.sync(source);
    expect(indexContent(index)).toEqual(await tableContent(client));
  });

  it('a change in the table is told to whoever watches', async () => {
    const index = new FakeIndex();
    await index.sync(source);
    const ending = new AbortController();
    const told = new Promise<void>((resolve) => {
      void source.watch?.(resolve, ending.signal);
    });
    await client.query(`insert into cases (id, title) values (8000, 'new')`);
    await told;
    ending.abort();
  });

  it('a slot with nothing to say is kept moving', async () => {
    await new FakeIndex().sync(source);
    const clock = new ManualClock();
    const idle = open(clock);
    const ending = new AbortController();
    await idle.watch?.(() => undefined, ending.signal);
    await client.query('create table if not exists others (n int)');
    await client.query('insert into others select generate_series(1, 1000)');
    expect((await source.stats())['slotLagBytes']).toBeGreaterThan(0);
    for (let looks = 0; looks < 500 && (await source.stats())['slotLagBytes'] !== 0; looks++)
      clock.advance(1_000);
    expect((await source.stats())['slotLagBytes']).toBe(0);
    ending.abort();
    await idle.close();
  });

  it('a table whose deletes do not name the id is refused with the SQL that helps', async () => {
    await client.query('alter table cases drop constraint cases_pkey');
    await expect(new FakeIndex().sync(source)).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('alter table "public"."cases" replica identity full'),
    });
  });
});
