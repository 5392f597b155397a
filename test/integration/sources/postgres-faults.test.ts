import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { FakeIndex } from '../../support/fake-index.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { casesSource, createCases, indexContent, tableContent } from './cases-table.ts';

describe('a PostgreSQL source when something is wrong', () => {
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
  beforeEach(() => createCases(client, 500));

  it('a wrong column is named, with the one that was meant', async () => {
    const columns = {
      id: 'id',
      title: 'titel',
      body: ['body', 'none'],
      updateTime: 'title',
      deleted: null,
      attributes: [],
    };
    await expect(casesSource(postgres.url, { columns }).sample(1)).rejects.toMatchObject({
      code: 'failed_precondition',
      violations: [
        { field: 'columns.updateTime', description: expect.stringContaining('the column title is text') },
        { field: 'columns.title', description: 'there is no column titel; did you mean title?' },
        { field: 'columns.body', description: expect.stringContaining('there is no column none') },
      ],
    });
  });

  it('a missing table and a wrong password are for the operator, and the password is not repeated', async () => {
    const relation = { type: 'table', schema: 'public', table: 'missing' } as const;
    await expect(casesSource(postgres.url, { relation }).sample(1)).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('"public.missing" does not exist'),
    });
    const url = new URL(postgres.url);
    url.password = 'not-this-one';
    await expect(casesSource(url.href).sample(1)).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.not.stringContaining('not-this-one'),
    });
  });

  it('a server that is not there is worth trying again', async () => {
    await expect(casesSource('postgresql://kms@127.0.0.1:1/cases').sample(1)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('a connection that is lost while reading costs nothing but the rest of that read', async () => {
    const cable = await openCable(postgres.url);
    const index = new FakeIndex();
    const source = casesSource(cable.url);
    const broken = index.sync(source, {
      batchDocuments: 50,
      onBatch: (count) => {
        if (count === 3) cable.cut();
      },
    });
    await expect(broken).rejects.toMatchObject({ code: 'unavailable' });
    expect(index.documents.size).toBeGreaterThanOrEqual(150);
    await index.sync(source);
    expect(index.upserts).toBe(500);
    expect(indexContent(index)).toEqual(await tableContent(client));
  });

  it('a read that is stopped ends as cancelled', async () => {
    const stopping = new AbortController();
    const index = new FakeIndex();
    const reading = index.sync(casesSource(postgres.url), {
      batchDocuments: 50,
      signal: stopping.signal,
      onBatch: () => stopping.abort(),
    });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(index.upserts).toBe(50);
  });

  it('a transaction of a role that we may not see is not skipped, however late it commits', async () => {
    await client.query(`drop role if exists reader; create role reader login password 'reader'`);
    await client.query('grant select on cases to reader');
    const url = new URL(postgres.url);
    url.username = 'reader';
    url.password = 'reader';
    const source = casesSource(url.href);
    const index = new FakeIndex();
    await index.sync(source);
    const late = new pg.Client({ connectionString: postgres.url });
    await late.connect();
    try {
      await late.query('begin');
      await late.query(`insert into cases (id, title) values (1001, 'late')`);
      for (const id of [1002, 1003, 1004]) {
        await client.query(`insert into cases (id, title) values ($1, 'soon')`, [id]);
        await index.sync(source);
      }
      await late.query('commit');
    } finally {
      await late.end();
    }
    await index.sync(source);
    expect(index.get('1001')).toBeDefined();
    // And once it is over, syncs read only what is new.
    await index.sync(source);
    const before = index.upserts;
    await index.sync(source);
    expect(index.upserts - before).toBeLessThanOrEqual(1);
  });

  it('NOTIFY reaches whoever watches', async () => {
    const source = casesSource(postgres.url, { changes: { type: 'notify', channel: 'Cases changed' } });
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const told = new Promise<void>((resolve) => {
      void source.watch?.(resolve, ending.signal);
    });
    const isListening = `select 1 from pg_stat_activity where query like 'listen%' and state = 'idle'`;
    while ((await client.query(isListening)).rowCount === 0);
    await client.query(`select pg_notify('Cases changed', '')`);
    await told;
  });
});

/** A wire to the server that can be cut. */
async function openCable(target: string): Promise<{ readonly url: string; cut(): void }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, cut: () => sockets.forEach((socket) => void socket.destroy()) };
}
