import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { loadSourceSpecs } from '../../../src/sources/load-source-specs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const env = { DATABASE_URL: 'postgresql://reader:secret@db.example/cases' };

function written(text: string): string {
  const path = join(temporaryFolder(), 'sources.yaml');
  writeFileSync(path, text);
  return path;
}

async function faultsOf(text: string): Promise<readonly string[]> {
  try {
    await loadSourceSpecs(written(text), env);
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    expect(JSON.stringify([error.message, error.violations])).not.toContain('secret');
    return error.violations.map(({ field, description }) => `${field} ${description}`);
  }
  return [];
}

describe('the sources file', () => {
  it('what is left out gets its default', async () => {
    const path = written(`
sources:
  - name: cases
    type: postgres
    urlEnv: DATABASE_URL
    table: public.cases
    columns: { id: id, body: body, updateTime: updated_at }
  - { name: articles, type: jsonl, path: articles.jsonl, collection: articles }`);
    const [cases, articles] = await loadSourceSpecs(path, env);
    expect(cases).toEqual({
      type: 'postgres',
      name: 'cases',
      everyMs: 1_800_000,
      url: env.DATABASE_URL,
      relation: { type: 'table', schema: 'public', table: 'cases' },
      collection: { type: 'fixed', value: 'cases' },
      mediaType: { type: 'fixed', value: 'text/plain' },
      columns: {
        id: 'id',
        title: null,
        body: ['body'],
        updateTime: 'updated_at',
        deleted: null,
        attributes: [],
      },
      overlapMs: 300_000,
      reconcile: 86_400_000,
      changes: { type: 'polling' },
      statementTimeoutMs: 300_000,
    });
    expect(articles).toMatchObject({
      type: 'jsonl',
      everyMs: null,
      path: join(path, '..', 'articles.jsonl'),
    });
  });

  it('all faults are found at once, each with its path and what would be right', async () => {
    expect(
      await faultsOf(`
sources:
  - name: Cases
    type: postgres
    urlEnv: DATABASE_UR
    table: public.cases
    query: select 1
    evry: 30m
    columns: { idd: id, title: 7, attributes: { product: '' } }
    collection: No Such
    overlap: 5 minutes
  - { name: files, type: jsonl, every: 10ms }
  - { name: files, type: csv, path: a.csv }
  - { name: other, type: mysql }
surces: []`),
    ).toEqual([
      'surces is not a field here; did you mean sources?',
      'sources[0].name must be 1 to 48 lower-case letters, digits, "_" and "-", starting with a letter or digit',
      'sources[0].table or query must be given, one of them',
      'sources[0].columns.id is missing',
      'sources[0].columns.title must be a text that is not empty',
      'sources[0].columns.body is missing: a column, or a list of columns to join',
      'sources[0].columns.attributes.product must be a text that is not empty',
      'sources[0].columns.idd is not a field here; did you mean id?',
      'sources[0].urlEnv names the environment variable DATABASE_UR, which is not set',
      'sources[0].collection must be 1 to 64 lower-case letters, digits, "_", "-" and ".", starting with a letter or digit',
      'sources[0].overlap must be a time such as 30s, 5m, 24h or 7d',
      'sources[0].evry is not a field here; did you mean every?',
      'sources[1].path is missing',
      'sources[1].every must be a time such as 30s, 5m, 24h or 7d, or never',
      'sources[3].type must be one of postgres, jsonl, csv',
      expect.stringContaining('sources[3].'),
      expect.stringContaining('sources[3].'),
      expect.stringContaining('sources[3].'),
      'sources[2].name must differ from that of sources[1]',
    ]);
  });

  it('an address in the file itself is refused and not repeated', async () => {
    const faults = await faultsOf(`
sources:
  - name: cases
    type: postgres
    urlEnv: postgresql://reader:secret@db.example/cases
    table: cases
    columns: { id: id, body: body }`);
    expect(faults).toEqual([
      'sources[0].urlEnv must be the name of an environment variable, such as DATABASE_URL',
    ]);
  });

  it('what does not go together is refused', async () => {
    const faults = await faultsOf(`
sources:
  - name: cases
    type: postgres
    urlEnv: DATABASE_URL
    query: select * from cases;
    columns: { id: id, body: [title, body] }
    changes: cdc
    notifyChannel: cases
  - name: more
    type: postgres
    urlEnv: DATABASE_URL
    table: more
    columns: { id: id, body: body }
    changes: notify
    slot: more`);
    expect(faults).toEqual([
      'sources[0].notifyChannel must be left out with changes: cdc',
      'sources[0].changes must not be cdc with a query: a replication stream has tables only',
      'sources[1].slot needs changes: cdc',
      'sources[1].notifyChannel is missing: the channel that the database notifies',
    ]);
  });

  it('a text that is not YAML is one clear fault', async () => {
    expect(await faultsOf('sources: [')).toEqual([expect.stringMatching(/^file must be YAML: .* line 1/)]);
  });

  it('only the default file may be missing', async () => {
    expect(await loadSourceSpecs('./kms-sources.yaml', env)).toEqual([]);
    await expect(loadSourceSpecs('./other.yaml', env)).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'file', description: 'does not exist' }],
    });
  });
});
