import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeIndex } from '../../support/fake-index.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { randomFrom, wholeBetween } from '../../support/random.ts';
import { casesSource, createCases, indexContent, tableContent } from './cases-table.ts';
import { changeAtRandom } from './random-changes.ts';

describe('a PostgreSQL table as a source', () => {
  let postgres: TestPostgres;
  let client: pg.Client;
  const sessions: pg.Client[] = [];

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
  beforeEach(() => createCases(client, 2_000));

  it('a load gives every row of the table once', async () => {
    const index = new FakeIndex();
    const source = casesSource(postgres.url);
    expect(await source.estimate(null, 'incremental')).toBe(2_000);
    await index.sync(source);
    expect(index.upserts).toBe(2_000);
    expect(indexContent(index)).toEqual(await tableContent(client));
  });

  it('a load that is interrupted again and again gives exactly the table', async () => {
    const seed = 20_260_101;
    const random = randomFrom(seed);
    const index = new FakeIndex();
    for (let run = 0; run < 8; run++) {
      const batchesMax = wholeBetween(random, 1, 4);
      await index.sync(casesSource(postgres.url), { batchDocuments: 50, batchesMax });
      // Behind the load: read by the next scan for changes.
      await client.query('update cases set title = $1, updated_at = clock_timestamp() where id = $2', [
        `changed ${run}`,
        run + 1,
      ]);
    }
    await index.sync(casesSource(postgres.url));
    expect(index.upserts, `seed ${seed}`).toBe(2_000);
    await index.sync(casesSource(postgres.url));
    expect(indexContent(index), `seed ${seed}`).toEqual(await tableContent(client));
  });

  it('random changes, some of them committed late, are all there after the next sync', async () => {
    const seed = 20_260_102;
    const random = randomFrom(seed);
    const index = new FakeIndex();
    const source = casesSource(postgres.url, { reconcile: 'each' });
    await index.sync(source);
    await changeAtRandom({ random, sessions, client, idMax: 2_400 }, 500, async (step) => {
      // Syncs fall between the writes of open transactions and their commit, and some of them are interrupted.
      if (step % 23 === 0)
        await index.sync(source, { batchDocuments: 20, batchesMax: step % 2 === 0 ? 1 : 100 });
    });
    await index.sync(source);
    expect(indexContent(index), `seed ${seed}`).toEqual(await tableContent(client));
  });
});
