import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStateStore, type StateStore } from '../../../src/storage/state-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function openState(dataDir: string, shards = 0): Promise<StateStore> {
  const store = await openStateStore({ dataDir, shards, shardsForNewFolder: shards === 0 ? 3 : shards });
  return store;
}

test('the shard count is fixed when the folder is made', async () => {
  const dataDir = temporaryFolder();
  const made = await openState(dataDir, 2);
  expect(made.shardCount).toBe(2);
  await made.close();
  const again = await openState(dataDir);
  expect(again.shardCount).toBe(2);
  await again.close();
  await expect(openState(dataDir, 4)).rejects.toMatchObject({
    code: 'failed_precondition',
    facts: { stored: 2, asked: 4 },
  });
});

const alone = { target: null, previous: null, dropping: null };

test('collections survive a restart, and the first entry of a name stays until it is replaced', async () => {
  const dataDir = temporaryFolder();
  const store = await openState(dataDir);
  await store.putCollection({ name: 'cases', generation: 'g1', createdTimeMs: 1, ...alone });
  await store.putCollection({ name: 'cases', generation: 'g2', createdTimeMs: 2, ...alone });
  expect(store.collections()).toEqual([{ name: 'cases', generation: 'g1', createdTimeMs: 1, ...alone }]);
  const moved = { name: 'cases', generation: 'g1', createdTimeMs: 1, ...alone, target: 'g2' };
  await store.replaceCollection(moved);
  await store.close();
  const again = await openState(dataDir);
  expect(again.collections()).toEqual([moved]);
  await again.close();
});

test('the spaces of a folder survive a restart, each with its model and its place', async () => {
  const dataDir = temporaryFolder();
  const spec = { provider: 'openai', model: 'm', dimensions: null } as const;
  const store = await openState(dataDir);
  await store.putSpace({ generation: 'g1', spec, folder: '' });
  await store.putSpace({ generation: 'g2', spec, folder: 'spaces/g2' });
  await store.removeSpace('g1');
  await store.close();
  const again = await openState(dataDir);
  expect(again.spaces()).toEqual([{ generation: 'g2', spec, folder: 'spaces/g2' }]);
  await again.close();
});

test('a folder is open once within a process', async () => {
  const dataDir = temporaryFolder();
  const store = await openState(dataDir);
  await expect(openState(dataDir)).rejects.toMatchObject({ code: 'failed_precondition' });
  await store.close();
  await (await openState(dataDir)).close();
});

test('another process keeps a folder locked for as long as it lives, kill -9 included', async () => {
  const dataDir = temporaryFolder();
  const module = new URL('../../../src/storage/folder-lock.ts', import.meta.url).href;
  const code = `
    import { register } from 'tsx/esm/api';
    register();
    const { lockFolder } = await import(${JSON.stringify(module)});
    await lockFolder(${JSON.stringify(dataDir)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  await expect(openState(dataDir)).rejects.toMatchObject({ code: 'failed_precondition' });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await openState(dataDir)).close();
});

// Each of these would end the process inside LMDB, so that a broken check shows as a crashed test file.
test.each(['state', 'lock', 'shard-01'])('a damaged %s is refused with its name', async (folder) => {
  const dataDir = temporaryFolder();
  await (await openState(dataDir, 2)).close();
  const file = join(dataDir, folder, 'data.mdb');
  if (folder === 'shard-01') {
    mkdirSync(join(dataDir, folder));
    copyFileSync(join(dataDir, 'state', 'data.mdb'), file);
    await (await openState(dataDir)).close();
  }
  truncateSync(file, 100);
  await expect(openState(dataDir)).rejects.toMatchObject({ code: 'data_loss', facts: { path: file } });
  writeFileSync(file, Buffer.alloc(100_000, 'garbage'));
  await expect(openState(dataDir)).rejects.toMatchObject({ code: 'data_loss', facts: { path: file } });
  writeFileSync(file, '');
  await (await openState(dataDir)).close();
});

test('a data folder that is a file is refused with its name', async () => {
  const dataDir = join(temporaryFolder(), 'file');
  writeFileSync(dataDir, '');
  await expect(openState(dataDir)).rejects.toMatchObject({ code: 'failed_precondition', facts: { dataDir } });
});
