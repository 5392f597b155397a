import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../../support/cli-run.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

const file = 'examples/postgres/sources.yaml';

describe('kms source', () => {
  let postgres: TestPostgres;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    postgres = await startPostgres();
    env = { DATABASE_URL: postgres.url, KMS_SOURCES_FILE: file };
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(readFileSync('examples/postgres/support-cases.sql', 'utf8'));
    await client.end();
  });
  afterAll(() => postgres.stop());

  it('check shows the first ten documents of the example as the mapping makes them', async () => {
    const { exitCode, stdout, stderr } = await cli(['source', 'check', 'cases'], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/^cases\/\d+$/gm)).toHaveLength(10);
    expect(stdout).toContain('  title: Login loop after the update\n');
    expect(stdout).toContain('  tags: ["login","update"]\n');
    expect(stdout).toContain('cases: 10 records looked at, 0 not fit for the index\n');
  });

  it('check prints one JSON object a document for scripts', async () => {
    const { stdout } = await cli(['source', 'check', 'cases', '--limit', '2', '--json'], { env });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      type: 'document',
      collection: 'cases',
      id: '1',
      attributes: { product: 'portal', priority: 2, tags: ['login', 'update'] },
    });
  });

  it('a mistyped name is answered with the one that was meant', async () => {
    const { exitCode, stderr } = await cli(['source', 'check', 'case'], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('kms: there is no source case; did you mean cases?\n');
  });

  it('list shows the sources without connecting to them', async () => {
    const far = { ...env, DATABASE_URL: 'postgresql://kms@127.0.0.1:1/none' };
    const { exitCode, stdout } = await cli(['source', 'list', '--json'], { env: far });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ name: 'cases', type: 'postgres', every_ms: 1_800_000 });
  });

  it('the faults of the file are shown one a line', async () => {
    const { exitCode, stderr } = await cli(['source', 'list', '--sources-file', file], { env: {} });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `kms: the sources file ${file} has a fault\n  sources[0].urlEnv: names the environment variable DATABASE_URL, which is not set\n`,
    );
  });
});
