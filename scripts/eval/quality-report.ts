// Puts the figures into a document between two marks; the prose around them is written by hand.

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { KmsError } from '../../src/base/errors.ts';
import type { Evaluation, SetResult } from './evaluation.ts';
import { type FigureTable, markdownTable } from './figure-table.ts';
import {
  calibrationTable,
  leftOutTable,
  optionTable,
  retrievalTable,
  summaryTable,
  vectorTable,
} from './result-tables.ts';

const openMark = '<!-- eval -->';
const closeMark = '<!-- /eval -->';

/** Rewrites what stands between the marks of `path`. Rejects with `failed_precondition` when it has no marks. */
export async function writeReport(path: string, evaluation: Evaluation): Promise<void> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : `${openMark}\n${closeMark}\n`;
  const [start, end] = [text.indexOf(openMark), text.indexOf(closeMark)];
  if (start < 0 || end < start)
    throw new KmsError('failed_precondition', `${path} has no lines ${openMark} and ${closeMark}`);
  const before = text.slice(0, start + openMark.length);
  await writeFile(path, `${before}\n\n${reportText(evaluation)}\n${text.slice(end)}`);
}

/** Nothing in it depends on the machine or the day. */
export function reportText({ engine, seed, results, leftOut }: Evaluation): string {
  const retrieval = results.filter(isRetrieval);
  const vectors = results.filter((result) => !isRetrieval(result));
  return [
    `Vectors: \`${engine.generation}\`; seed of the resamples and draws: ${seed}.\n`,
    section('Hybrid against its parts', summaryTable(retrieval)),
    ...retrieval.map((result) => section(result.name, retrievalTable(result))),
    section('Fitted on the other sets', leftOutTable(leftOut)),
    section('Options of hybrid, against hybrid without them', optionTable(retrieval)),
    section('Vectors alone', vectorTable(vectors)),
    section('Confidence', calibrationTable(retrieval)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function isRetrieval(result: SetResult): result is Extract<SetResult, { type: 'retrieval' }> {
  return result.type === 'retrieval';
}

function section(title: string, table: FigureTable | null): string {
  return table === null ? '' : `### ${title}\n\n${markdownTable(table)}`;
}
