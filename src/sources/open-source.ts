// Finds the reader for a path: a folder, a .csv file, anything else as JSON Lines; or standard input.

import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { csvSource } from './csv-source.ts';
import { openFile, openPipe } from './file-bytes.ts';
import { openFolder } from './folder-source.ts';
import { jsonlSource } from './jsonl-source.ts';
import type { DocumentSource } from './source.ts';

export const sourceFormats = ['auto', 'jsonl', 'csv'] as const;
export type SourceFormat = (typeof sourceFormats)[number];

/** `path` `-` reads `input`. Throws the file system's own error when there is no such file. */
export async function openSource(
  path: string,
  format: SourceFormat,
  input: Readable,
): Promise<DocumentSource> {
  if (path !== '-' && (await stat(path)).isDirectory()) return openFolder(path);
  const bytes = path === '-' ? openPipe(input) : await openFile(path);
  const isCsv = format === 'csv' || (format === 'auto' && path.toLowerCase().endsWith('.csv'));
  return isCsv ? csvSource(bytes) : jsonlSource(bytes);
}
