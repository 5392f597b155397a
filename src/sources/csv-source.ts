// CSV with a header (RFC 4180). Records are framed here, by counting quotes line by line, and parsed one at a time by
// csv-parse: that keeps exact byte offsets to resume from, bounds memory, and lets a broken quote cost one line
// instead of the rest of the file.

import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { KmsError } from '../base/errors.ts';
import { type ByteLine, byteLines } from './byte-lines.ts';
import { documentFields, readDocumentRecord } from './document-record.ts';
import type { ByteSource } from './file-bytes.ts';
import { type DocumentSource, type SourceEntry, type SourcePosition, sourceLimits } from './source.ts';

/** Throws `invalid_argument` while reading when the header is not usable. `recordBytesMax` is for tests. */
export function csvSource(
  bytes: ByteSource,
  recordBytesMax: number = sourceLimits.recordBytesMax,
): DocumentSource {
  return {
    bytesTotal: bytes.bytesTotal,
    identity: bytes.identity,
    async *read(from) {
      let columns: readonly string[] | null = null;
      const origin: SourcePosition = { record: 0, offset: 0 };
      if (from !== null) {
        // The header is read again from the start of the file; the reading then goes on at `from`.
        for await (const record of csvRecords(bytes.open(0), origin, recordBytesMax)) {
          columns = readHeader(record);
          break;
        }
      }
      const start = from ?? origin;
      for await (const record of csvRecords(bytes.open(start.offset), start, recordBytesMax)) {
        if (columns === null) columns = readHeader(record);
        else yield readRow(record, columns);
      }
      if (columns === null) throw headerError('the file is empty; its first line must name the columns');
    },
  };
}

const openQuoteFault = 'has a quote that is never closed, or not in front of readable text';

type CsvRecord = { readonly number: number; readonly end: SourcePosition } & (
  | { readonly cells: readonly string[]; readonly fault: null }
  | { readonly cells: null; readonly fault: string }
);

/** Frames and parses. Blank lines between records are passed over. */
async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  from: SourcePosition,
  recordBytesMax: number,
): AsyncGenerator<CsvRecord> {
  let held: ByteLine[] = [];
  let heldBytes = 0;
  let isInQuotes = false;
  for await (const line of byteLines(chunks, from, recordBytesMax)) {
    held.push(line);
    heldBytes += line.bytes?.length ?? 0;
    if (hasOddQuotes(line)) isInQuotes = !isInQuotes;
    if (isInQuotes && heldBytes <= recordBytesMax && line.bytes !== null) continue;
    const framed = recordsOf(held, recordBytesMax);
    yield* framed.records;
    held = framed.rest;
    heldBytes = held.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
    isInQuotes = held.length > 0;
  }
  while (held.length > 0) {
    const framed = recordsOf(held, recordBytesMax);
    yield* framed.records;
    // At the end of the file an open quote will not close any more: its line is given up, the ones behind it are not.
    const [open, ...rest] = framed.rest;
    if (open !== undefined) yield faulty(open, openQuoteFault);
    held = rest;
  }
}

/** The whole records among `lines`; `rest` are the lines of one that may still go on. */
function recordsOf(
  lines: readonly ByteLine[],
  recordBytesMax: number,
): { readonly records: readonly CsvRecord[]; readonly rest: ByteLine[] } {
  const records: CsvRecord[] = [];
  let first = 0;
  while (first < lines.length) {
    const count = framedLineCount(lines, first, recordBytesMax);
    if (count === null) return { records, rest: lines.slice(first) };
    const record = parseLines(lines.slice(first, first + count), recordBytesMax);
    if (record !== null) records.push(record);
    // A record that cannot be parsed may have swallowed good neighbours with its quote: only its first line is lost.
    first += record?.fault === null || record === null ? count : 1;
  }
  return { records, rest: [] };
}

/** How many lines the record at `first` spans; null when its quote is still open after the last. */
function framedLineCount(lines: readonly ByteLine[], first: number, recordBytesMax: number): number | null {
  let isInQuotes = false;
  let byteCount = 0;
  for (const [index, line] of lines.slice(first).entries()) {
    byteCount += line.bytes?.length ?? 0;
    if (line.bytes === null || byteCount > recordBytesMax) return Math.max(1, index);
    if (hasOddQuotes(line)) isInQuotes = !isInQuotes;
    if (!isInQuotes) return index + 1;
  }
  return null;
}

function parseLines(lines: readonly ByteLine[], recordBytesMax: number): CsvRecord | null {
  const first = lines[0] as ByteLine;
  const last = lines[lines.length - 1] as ByteLine;
  if (first.bytes === null) return faulty(first, `must have at most ${recordBytesMax} bytes`);
  const bytes = Buffer.concat(lines.flatMap(({ bytes }) => [bytes ?? Buffer.alloc(0), Buffer.from('\n')]));
  if (!isUtf8(bytes)) return faulty(first, isUtf8(first.bytes) ? openQuoteFault : 'must be UTF-8');
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (text.trim() === '') return null;
  try {
    const rows = parse(text, { relax_column_count: true, record_delimiter: '\u0000\n' });
    return { number: first.number, end: last.end, cells: rows[0] ?? [], fault: null };
  } catch (error) {
    return faulty(first, quoteFault(error));
  }
}

function faulty(line: ByteLine, fault: string): CsvRecord {
  return { number: line.number, end: line.end, cells: null, fault };
}

function quoteFault(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return openQuoteFault;
  return 'has a quote in the wrong place: a field that holds quotes is quoted, and each of them doubled';
}

function hasOddQuotes({ bytes }: ByteLine): boolean {
  let isOdd = false;
  if (bytes === null) return isOdd;
  for (let at = bytes.indexOf(0x22); at !== -1; at = bytes.indexOf(0x22, at + 1)) isOdd = !isOdd;
  return isOdd;
}

function readHeader(record: CsvRecord): readonly string[] {
  if (record.cells === null) throw headerError(`the header ${record.fault}`);
  const columns = record.cells.map((cell) => cell.trim());
  const unnamed = columns.indexOf('');
  if (unnamed !== -1) throw headerError(`column ${unnamed + 1} of the header has no name`);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw headerError(`the header names the column ${twice} twice`);
  const missing = columns.includes('id') ? [] : ['id'];
  if (!columns.includes('title') && !columns.includes('body')) missing.push('title or body');
  if (missing.length > 0) {
    const known = documentFields.filter((field) => field !== 'attributes').join(', ');
    throw headerError(
      `the header lacks the column ${missing.join(' and ')}; it has ${columns.join(', ')}; the columns are ${known}, and any other for an attribute, separated by commas`,
    );
  }
  return columns;
}

function headerError(message: string): KmsError {
  return new KmsError('invalid_argument', message);
}

function readRow(record: CsvRecord, columns: readonly string[]): SourceEntry {
  const { number, end: position } = record;
  const place = `line ${number}`;
  const cells = record.cells ?? [];
  const fault =
    record.fault ??
    (cells.length === columns.length ? null : `must have ${columns.length} fields, has ${cells.length}`);
  if (fault !== null) {
    const violations = [{ field: '', description: `the record ${fault}` }];
    return { type: 'rejected', position, place, id: null, violations };
  }
  const fields: Record<string, unknown> = {};
  const attributes: [string, string][] = [];
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    if (column.startsWith('attr.')) attributes.push([column.slice('attr.'.length), cell]);
    else fields[column] = cell;
  }
  return {
    position,
    place,
    ...readDocumentRecord({ ...fields, attributes: Object.fromEntries(attributes) }),
  };
}
