// Reads a set for classification: train.csv and test.csv, each with a line of names that has `text` and `category` (or
// `label`).

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { csvRows } from './csv-rows.ts';
import { dataFault } from './data-fault.ts';
import type { LabelledSet, LabelledText } from './judged-set.ts';

export function isLabelledFolder(folder: string): boolean {
  return existsSync(join(folder, 'train.csv')) && existsSync(join(folder, 'test.csv'));
}

/** Rejects with `invalid_argument`, naming file and line, when a file is empty or malformed. */
export async function readLabelledSet(folder: string): Promise<LabelledSet> {
  const train = await readLabelled(join(folder, 'train.csv'));
  const test = await readLabelled(join(folder, 'test.csv'));
  const labels = new Set(train.map(({ label }) => label));
  const foreign = test.findIndex(({ label }) => !labels.has(label));
  if (foreign >= 0)
    throw dataFault(
      { path: join(folder, 'test.csv') },
      `has the category ${test[foreign]?.label} that train.csv has not`,
    );
  return { type: 'labelled', name: basename(folder), train, test };
}

async function readLabelled(path: string): Promise<LabelledText[]> {
  const [names, ...rows] = await csvRows(path);
  const textColumn = names?.values.indexOf('text') ?? -1;
  const labelColumn = names?.values.findIndex((name) => name === 'category' || name === 'label') ?? -1;
  if (textColumn < 0 || labelColumn < 0)
    throw dataFault({ path, line: 1 }, 'must name the columns text and category');
  if (rows.length === 0) throw dataFault({ path }, 'has no rows');
  return rows.map(({ values, line }) => {
    const text = values[textColumn] ?? '';
    const label = values[labelColumn] ?? '';
    if (text.trim() === '' || label === '') throw dataFault({ path, line }, 'has an empty text or category');
    return { text, label };
  });
}
