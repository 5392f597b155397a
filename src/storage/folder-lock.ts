// Keeps a second process out of a data folder. Node has no file locks, and a file with a process id in it lies after a
// crash (above all in a container, where everybody has id 1). LMDB has what is needed: a table of readers whose owners
// hold kernel locks, so an entry is there exactly as long as its process lives. One reader in a small environment of
// its own, kept for life, is the lock.

import { join } from 'node:path';
import { open } from 'lmdb';
import { KmsError } from '../base/errors.ts';
import { checkLmdbFile } from '../base/lmdb-file-check.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/** A thread of this process is not kept out by a reader entry that it shares, so the process keeps its own list. */
const heldFolders = new Set<string>();

/** Throws `failed_precondition` when another process, or this one, has the folder open. */
export async function lockFolder(dataDir: string): Promise<FolderLock> {
  if (heldFolders.has(dataDir)) throw folderInUse(dataDir);
  const path = join(dataDir, 'lock');
  checkLmdbFile(join(path, 'data.mdb'), 'remove it while no engine runs; it holds no data');
  const environment = open({ path, maxReaders: 8 });
  // The entry comes first and the look around second: of two processes that start together, at least one sees the other.
  const reader = environment.useReadTransaction();
  environment.get('anything', { transaction: reader });
  if (readersOf(environment.readerList()) > 1) {
    reader.done();
    await environment.close();
    throw folderInUse(dataDir);
  }
  heldFolders.add(dataDir);
  return {
    release: async () => {
      reader.done();
      await environment.close();
      heldFolders.delete(dataDir);
    },
  };
}

/** The table has a heading, then a line a reader; each line of a reader begins with its process id. */
function readersOf(table: string): number {
  return table.split('\n').filter((line) => /^\s*\d+\s/.test(line)).length;
}

function folderInUse(dataDir: string): KmsError {
  return new KmsError('failed_precondition', `the data folder ${dataDir} is in use by another engine`, {
    facts: { dataDir },
  });
}
