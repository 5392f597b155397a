import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../../../src/base/deferred.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { Metrics } from '../../../src/observability/metrics.ts';
import { OpsServer, type OpsStatus } from '../../../src/observability/ops-server.ts';

let status: OpsStatus;
let server: OpsServer | null = null;

async function started(
  metrics = new Metrics({ withProcess: false }),
  replay = async () => ({ changesDone: 30, changesTotal: 90 }),
): Promise<string> {
  status = { state: 'starting', failure: null };
  const address = { host: '127.0.0.1', port: 0 };
  const log = createLogger({ level: 'silent', thread: 'test' });
  server = new OpsServer({ address, metrics, status: () => status, replay, log });
  const { port } = await server.start();
  return `http://127.0.0.1:${port}`;
}

afterEach(async () => {
  await server?.stop();
  server = null;
});

describe('the ops server', () => {
  it('is ready only between start and drain, and says how far the replay is', async () => {
    const url = await started();
    const starting = await fetch(`${url}/readyz`);
    expect(starting.status).toBe(503);
    expect(await starting.json()).toMatchObject({
      ready: false,
      state: 'starting',
      replay: { changesDone: 30, changesTotal: 90 },
    });
    status = { ...status, state: 'ready' };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    status = { ...status, state: 'draining' };
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it('is alive while starting and draining, and not once the engine gave itself up', async () => {
    const url = await started();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    status = { ...status, state: 'ready', failure: 'index-00 failed 5 times in 60 s' };
    const failed = await fetch(`${url}/healthz`);
    expect(failed.status).toBe(503);
    expect(await failed.json()).toMatchObject({ alive: false, failure: 'index-00 failed 5 times in 60 s' });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it('says that it is alive without waiting for a thread that does not answer', async () => {
    const { promise: never } = deferred<{ changesDone: number; changesTotal: number }>();
    const url = await started(undefined, () => never);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('serves the metrics in the text format', async () => {
    const metrics = new Metrics({ withProcess: false });
    metrics.count('kms_ingest_documents_total', 1, { outcome: 'indexed' });
    const reply = await fetch(`${await started(metrics)}/metrics`);
    expect(reply.headers.get('content-type')).toContain('text/plain');
    expect(await reply.text()).toContain('kms_ingest_documents_total{outcome="indexed"} 1');
  });

  it('a failing refresh is a 500 without its reason, and the next scrape works', async () => {
    const metrics = new Metrics({ withProcess: false });
    const url = await started(metrics);
    metrics.refreshBeforeScrape(() => Promise.reject(new Error('the secret of the shard')));
    const failed = await fetch(`${url}/metrics`);
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain('secret');
    metrics.refreshBeforeScrape(() => undefined);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('unknown paths are 404 and other methods 405 with what is allowed', async () => {
    const url = await started();
    expect((await fetch(`${url}/`)).status).toBe(404);
    const posted = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('headers over the limit are refused', async () => {
    const url = await started();
    const reply = await fetch(`${url}/metrics`, { headers: { 'x-large': 'a'.repeat(20_000) } });
    expect(reply.status).toBe(431);
  });

  it('stops although a client keeps its idle connection open', async () => {
    const url = new URL(await started());
    const socket = createConnection(Number(url.port), url.hostname);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server?.stop();
    await closed;
    server = null;
  });

  it('a start that a stop overtakes is an error, and not a wait for ever', async () => {
    const starting = started();
    await server?.stop();
    await expect(starting).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('a port that is taken is an error of start', async () => {
    const url = new URL(await started());
    const other = new OpsServer({
      address: { host: '127.0.0.1', port: Number(url.port) },
      metrics: new Metrics({ withProcess: false }),
      status: () => status,
      replay: async () => ({ changesDone: 0, changesTotal: 0 }),
      log: createLogger({ level: 'silent', thread: 'test' }),
    });
    await expect(other.start()).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining(`cannot listen on 127.0.0.1:${url.port}`),
    });
  });
});
