// Files line by line, so that a corpus of gigabytes is never one string.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { dataFault } from './data-fault.ts';

export interface FileLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** The lines that are not blank; a byte order mark at the start is left out. Rejects when there is no such file. */
export async function* fileLines(path: string): AsyncGenerator<FileLine> {
  const lines = createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let line = 0;
  for await (const raw of lines) {
    line += 1;
    const text = line === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (text.trim() !== '') yield { text, line };
  }
}

/** Each line as a JSON object. */
export async function* jsonLines(
  path: string,
): AsyncGenerator<{ readonly record: Record<string, unknown>; readonly line: number }> {
  for await (const { text, line } of fileLines(path)) {
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch (error) {
      throw dataFault({ path, line }, 'is not JSON', error);
    }
    if (typeof record !== 'object' || record === null || Array.isArray(record))
      throw dataFault({ path, line }, 'must be a JSON object');
    yield { record: record as Record<string, unknown>, line };
  }
}
