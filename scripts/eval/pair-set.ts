// Reads a set of sentence pairs: a file `<anything>-test.csv` without a line of names, each row two sentences and a number.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { csvRows } from './csv-rows.ts';
import { dataFault } from './data-fault.ts';
import type { PairSet } from './judged-set.ts';

export function isPairFolder(folder: string): boolean {
  return testFileOf(folder) !== undefined;
}

/** Rejects with `invalid_argument`, naming file and line, when the file is empty or malformed. */
export async function readPairSet(folder: string): Promise<PairSet> {
  const path = join(folder, testFileOf(folder) ?? '');
  const rows = await csvRows(path);
  if (rows.length === 0) throw dataFault({ path }, 'is empty');
  const pairs = rows.map(({ values: [first = '', second = '', score = ''], line }) => {
    if (first === '' || second === '' || score === '' || !Number.isFinite(Number(score)))
      throw dataFault({ path, line }, 'must hold two sentences and a number');
    return { first, second, judgement: Number(score) };
  });
  return { type: 'pairs', name: basename(folder), pairs };
}

function testFileOf(folder: string): string | undefined {
  return readdirSync(folder).find((name) => name.endsWith('-test.csv'));
}
