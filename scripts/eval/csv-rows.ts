// The rows of a CSV file with the lines that they stand in.

import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { dataFault } from './data-fault.ts';

export interface CsvRow {
  readonly values: readonly string[];
  /** Where it ends, from 1. */
  readonly line: number;
}

/** Rejects with `invalid_argument`, naming file and line, when it is no CSV or its rows differ in length. */
export async function csvRows(path: string): Promise<CsvRow[]> {
  const text = await readFile(path, 'utf8');
  try {
    // The types of csv-parse do not know what `info` makes of a row.
    const rows = parse(text, { bom: true, skip_empty_lines: true, info: true }) as unknown as readonly {
      readonly record: string[];
      readonly info: { readonly lines: number };
    }[];
    return rows.map(({ record, info }) => ({ values: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines']);
    throw dataFault(
      { path, ...(Number.isFinite(line) ? { line } : {}) },
      `is not CSV: ${error.message}`,
      error,
    );
  }
}
