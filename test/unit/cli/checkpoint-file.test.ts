import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CheckpointFile } from '../../../src/cli/checkpoint-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const subject = { identity: 'file:1', address: '127.0.0.1:1', collection: '' };

it('a checkpoint reads back what was written last, and leaves nothing else behind', () => {
  const folder = temporaryFolder();
  const file = new CheckpointFile(join(folder, 'c.json'), subject);
  expect(file.read()).toEqual({ type: 'none' });
  file.write({ record: 1, offset: 10 });
  file.write({ record: 2, offset: 20 });
  expect(file.read()).toEqual({ type: 'position', position: { record: 2, offset: 20 } });
  expect(readdirSync(folder)).toEqual(['c.json']);
  file.remove();
  expect(file.read()).toEqual({ type: 'none' });
});

it('a checkpoint of another input, engine or collection does not count', () => {
  const path = join(temporaryFolder(), 'c.json');
  new CheckpointFile(path, subject).write({ record: 1, offset: 10 });
  for (const other of [{ identity: 'file:2' }, { address: '127.0.0.1:2' }, { collection: 'b' }])
    expect(new CheckpointFile(path, { ...subject, ...other }).read()).toEqual({ type: 'other' });
});

it('a file that is no checkpoint is refused and left as it is', () => {
  const path = join(temporaryFolder(), 'c.json');
  for (const text of ['', '{}', 'null', '{"version":1,"identity":"a","position":{"record":"1"}}']) {
    writeFileSync(path, text);
    expect(() => new CheckpointFile(path, subject).read()).toThrow('is not a checkpoint');
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});
