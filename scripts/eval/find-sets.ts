// Finds the judged sets in a folder. What a folder is follows from its files, so that any set in a known layout can be
// put beside the others.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { dataFault } from './data-fault.ts';
import type { JudgedSet } from './judged-set.ts';
import { isLabelledFolder, readLabelledSet } from './labelled-set.ts';
import { isPairFolder, readPairSet } from './pair-set.ts';
import { isRetrievalFolder, readRetrievalSet } from './retrieval-set.ts';

export interface FoundSet {
  readonly name: string;
  readonly type: JudgedSet['type'];
  /** Rejects with `invalid_argument` when the files are not as they should be. */
  read(): Promise<JudgedSet>;
}

/**
 * The sets of `dataDir`, by name; `dataDir` may also be one set itself. `names` picks some of them (empty: all). Throws
 * `invalid_argument` when there is no such folder, set or name.
 */
export function findSets(dataDir: string, names: readonly string[]): FoundSet[] {
  if (!existsSync(dataDir) || !statSync(dataDir).isDirectory())
    throw dataFault({ path: dataDir }, 'is not a folder');
  const folder = resolve(dataDir);
  const self = setIn(folder);
  const found = self === null ? setsBelow(folder) : [self];
  if (found.length === 0)
    throw dataFault({ path: dataDir }, 'holds no judged set; --help shows how one is laid out');
  const missing = names.filter((name) => !found.some((set) => set.name === name));
  if (missing.length > 0)
    throw dataFault(
      { path: dataDir },
      `holds no set ${missing.join(', ')}; it holds ${found.map(({ name }) => name).join(', ')}`,
    );
  return names.length === 0 ? found : found.filter(({ name }) => names.includes(name));
}

function setsBelow(folder: string): FoundSet[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory())
    .flatMap((path) => setIn(path) ?? []);
}

function setIn(folder: string): FoundSet | null {
  const name = basename(folder);
  if (isRetrievalFolder(folder)) return { name, type: 'retrieval', read: () => readRetrievalSet(folder) };
  if (isLabelledFolder(folder)) return { name, type: 'labelled', read: () => readLabelledSet(folder) };
  if (isPairFolder(folder)) return { name, type: 'pairs', read: () => readPairSet(folder) };
  return null;
}
