import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../support/cli-run.ts';
import { type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';

let harness: GrpcHarness;

beforeEach(async () => {
  harness = await startGrpcHarness();
  const documents = [
    {
      id: 'a',
      title: 'Login',
      body: 'It\u001b[2J loops',
      attributes: { product: { stringValue: 'portal' } },
    },
    { id: 'b', title: 'Printer', body: 'Blank pages', updateTime: { seconds: 1_700_000_000, nanos: 5e8 } },
    { id: 'c', collection: 'articles', title: 'Guide', body: 'How to print' },
  ];
  await harness.client.batchUpsertDocuments({ documents });
});

afterEach(() => harness.stop());

async function run(...args: string[]) {
  return cli([...args, '--address', harness.address]);
}

describe('kms search', () => {
  it('prints hits for people, without anything that steers the terminal', async () => {
    const { exitCode, stdout, stderr } = await run('search', 'login', 'loops', '--limit', '2');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 hits in');
    expect(stdout).toMatch(/score.*document.*passage/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints one JSON object with stable names for scripts', async () => {
    const { stdout } = await run('search', 'login', '--json', '-c', 'cases', '--exact');
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(['hits', 'timings']);
    expect(Object.keys(answer.hits[0])).toEqual([
      'score',
      'cosine',
      'lexical_score',
      'snippet',
      'generation',
      'document',
    ]);
    expect(answer.hits.map((hit: { document: { collection: string } }) => hit.document.collection)).toEqual([
      'cases',
      'cases',
    ]);
    expect(answer.timings).toEqual({ embed_ms: 1, search_ms: 2, total_ms: 3 });
  });

  it('an unknown collection is a failure of one line', async () => {
    const { exitCode, stderr } = await run('search', 'x', '--collection', 'nowhere');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kms: .*collection.*\n$/);
  });

  it('wrong fields are named', async () => {
    const { exitCode, stderr } = await run('search', ' ');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kms: .*\n {2}text: .+\n$/);
  });
});

describe('kms similar, get, delete, status', () => {
  it('similar leaves out nothing that the engine gives', async () => {
    const { exitCode, stdout } = await run('similar', 'a', '--json', '-c', 'cases', '-c', 'articles');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).hits.length).toBeGreaterThan(0);
  });

  it('get prints a document for people and for scripts', async () => {
    const people = await run('get', 'a');
    expect(people.stdout).toContain('attributes.product: portal');
    expect(people.stdout).toContain('\n\nIt [2J loops\n');
    const scripts = JSON.parse((await run('get', 'b', '--json', '--vectors')).stdout);
    expect(scripts).toMatchObject({
      id: 'b',
      body: 'Blank pages',
      update_time: '2023-11-14T22:13:20.500Z',
      chunk_count: 1,
    });
    expect(Buffer.from(scripts.embedding, 'base64')).toHaveLength(16);
  });

  it('a document that does not exist is exit code 1', async () => {
    const { exitCode, stderr } = await run('get', 'zzz');
    expect([exitCode, stderr.split('\n').length]).toEqual([1, 2]);
  });

  it('delete goes on behind a missing document and says which it was', async () => {
    const { exitCode, stdout } = await run('delete', 'zzz', 'a', '--json');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exitCode).toBe(1);
    expect(rows).toEqual([
      { id: 'zzz', collection: 'cases', deleted: false, commit_sequence: 0 },
      { id: 'a', collection: 'cases', deleted: true, commit_sequence: 4 },
    ]);
    expect((await run('delete', 'zzz', '--allow-missing')).exitCode).toBe(0);
  });

  it('status answers for people and for scripts', async () => {
    expect((await run('status')).stdout).toContain('index-00');
    const status = JSON.parse((await run('status', '--json')).stdout);
    expect(status).toMatchObject({
      version: '0.0.0-model',
      state: 'ready',
      uptime_seconds: 1.5,
      vector_space: { dimensions: 4 },
      actors: [{ name: 'index-00', state: 'running', heap_bytes: 5_000_000_000, mailbox_depth: 2 }],
    });
  });
});

describe('an engine that is not there', () => {
  it('is one line that says what to check', async () => {
    await harness.server.stop();
    const { exitCode, stderr } = await run('status', '--timeout', '5');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `kms: cannot reach the engine at ${harness.address}; is it running ("kms serve"), and is --address or KMS_GRPC_ADDRESS right?\n`,
    );
  });

  it('an engine that does not answer in time is another line', async () => {
    harness.engine.hold = () => new Promise(() => undefined);
    const { exitCode, stderr } = await run('search', 'x', '--timeout', '0.05');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kms: .*(did not answer within 0.05 s|deadline).*\n$/);
  });
});
