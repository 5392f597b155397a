import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileSyncSource } from '../../../src/sources/file-sync-source.ts';
import { FakeIndex } from '../../support/fake-index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function lines(ids: readonly number[], body = 'text'): string {
  return ids.map((id) => `${JSON.stringify({ id: `case-${id}`, body: `${body} ${id}` })}\n`).join('');
}

const thousand = Array.from({ length: 1_000 }, (_, index) => index + 1);

function jsonl(path: string): FileSyncSource {
  return new FileSyncSource({ type: 'jsonl', name: 'file', everyMs: null, path, collection: 'cases' });
}

describe('a file as a source for jobs', () => {
  it('an interrupted read goes on behind the last durable record', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, lines(thousand));
    const index = new FakeIndex();
    for (const batchesMax of [3, 1, 4]) await index.sync(jsonl(path), { batchDocuments: 50, batchesMax });
    expect(index.upserts).toBe(400);
    await index.sync(jsonl(path));
    expect(index.upserts).toBe(1_000);
    expect(index.ids()).toHaveLength(1_000);
  });

  it('a file that was read and has not changed gives nothing', async () => {
    const path = join(temporaryFolder(), 'cases.csv');
    writeFileSync(path, 'id,body,attr.product\n1,first,portal\n2,second,\n');
    const source = new FileSyncSource({
      type: 'csv',
      name: 'file',
      everyMs: null,
      path,
      collection: 'notes',
    });
    const index = new FakeIndex();
    await index.sync(source);
    await index.sync(source);
    expect(index.upserts).toBe(2);
    expect(index.get('1', 'notes')).toMatchObject({ body: 'first', attributes: { product: 'portal' } });
  });

  it('a changed file is read again from the start', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, lines([1, 2, 3]));
    const index = new FakeIndex();
    await index.sync(jsonl(path));
    writeFileSync(path, lines([1, 2, 3], 'other'));
    utimesSync(path, 1, 1);
    await index.sync(jsonl(path));
    expect(index.get('case-1')?.body).toBe('other 1');
  });

  it('a full sync removes what the file has no more', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, lines(thousand));
    const index = new FakeIndex();
    await index.sync(jsonl(path));
    writeFileSync(path, lines([7, 8]));
    await index.sync(jsonl(path), { mode: 'full' });
    expect(index.ids()).toEqual(['case-7', 'case-8']);
  });

  it('a record that cannot be a document is rejected, and the rest goes on', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    const bad = '{"id": "bad", "body": "x", "media_type": "image/png"}\nnot json\n{"id": "empty"}\n';
    writeFileSync(path, lines([1]) + bad + lines([2]));
    const index = new FakeIndex();
    await index.sync(jsonl(path));
    expect(index.ids()).toEqual(['case-1', 'case-2']);
    expect(index.rejected.map(({ key, fault }) => [key.id, fault.violations[0]?.field])).toEqual([
      ['bad', 'media_type'],
      ['', ''],
      ['empty', 'body'],
    ]);
  });

  it('a missing file is for the operator to see to', async () => {
    await expect(new FakeIndex().sync(jsonl('missing.jsonl'))).rejects.toMatchObject({
      code: 'failed_precondition',
    });
  });
});
