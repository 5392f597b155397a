// JSON Lines: one document a line. Each line stands alone, so one that is malformed is reported and passed over.

import { isUtf8 } from 'node:buffer';
import { type ByteLine, byteLines } from './byte-lines.ts';
import { readDocumentRecord } from './document-record.ts';
import type { ByteSource } from './file-bytes.ts';
import { type DocumentSource, type SourceEntry, type SourcePosition, sourceLimits } from './source.ts';

/** Blank lines are passed over. `lineBytesMax` is for tests. */
export function jsonlSource(
  bytes: ByteSource,
  lineBytesMax: number = sourceLimits.recordBytesMax,
): DocumentSource {
  return {
    bytesTotal: bytes.bytesTotal,
    identity: bytes.identity,
    async *read(from) {
      const start: SourcePosition = from ?? { record: 0, offset: 0 };
      for await (const line of byteLines(bytes.open(start.offset), start, lineBytesMax)) {
        const entry = readLine(line, lineBytesMax);
        if (entry !== null) yield entry;
      }
    },
  };
}

function readLine(line: ByteLine, lineBytesMax: number): SourceEntry | null {
  const { bytes, number, end: position } = line;
  const place = `line ${number}`;
  const reject = (description: string): SourceEntry => ({
    type: 'rejected',
    position,
    place,
    id: null,
    violations: [{ field: '', description }],
  });
  if (bytes === null) return reject(`the line must have at most ${lineBytesMax} bytes`);
  if (!isUtf8(bytes)) return reject('the line must be UTF-8');
  const text = bytes.toString('utf8').trim();
  if (text === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject(`the line must be JSON: ${syntaxOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return reject('the line must be a JSON object');
  return { position, place, ...readDocumentRecord(value as Record<string, unknown>) };
}

/** Where the syntax broke, without the piece of the document that V8 quotes. */
function syntaxOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const at = /at position (\d+)/.exec(message)?.[1];
  if (at !== undefined) return `syntax error at character ${Number(at) + 1}`;
  return message.startsWith('Unexpected end') ? 'it ends too early' : 'syntax error';
}
