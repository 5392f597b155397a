// A segment on disk that can be trusted: written under a temporary name, hashed, synced, and only then given its name;
// read back whole and compared with its hash. In small pieces, so that searches go on in between.

import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KmsError } from '../base/errors.ts';
import type { Segment } from './segment.ts';
import { damaged, partsOf, segmentFormatVersion, segmentIn } from './segment-layout.ts';

/** What the store keeps about a segment, in one row, written after the file is safe. */
export interface SegmentRow {
  /** Of UnsavedChange. */
  readonly id: number;
  /** The name within its folder. */
  readonly file: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
  readonly bytes: number;
  readonly documents: number;
  /** Of the analysis that made the terms: with another one the index is built anew. */
  readonly analyzerVersion: number;
  readonly formatVersion: number;
}

/** Hashing so much takes well under the time of one insertion into a graph. */
const pieceBytes = 128 * 1024;

/** Resolves when the file is on disk under its name. */
export async function writeSegmentFile(
  folder: string,
  segment: Segment,
  names: { readonly id: number; readonly file: string; readonly analyzerVersion: number },
): Promise<SegmentRow> {
  const path = join(folder, names.file);
  const temporary = `${path}.tmp`;
  try {
    const written = await writePieces(temporary, segment);
    await rename(temporary, path);
    await syncFolder(folder);
    return { ...names, ...written, documents: segment.documents, formatVersion: segmentFormatVersion };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Verifies the file against its row and loads it. Rejects with `data_loss` when it is missing, torn or another one. */
export async function loadSegmentFile(
  folder: string,
  row: SegmentRow,
  options: { readonly progress: () => void },
): Promise<Segment> {
  try {
    if (row.formatVersion !== segmentFormatVersion) throw damaged('it is of another version');
    const buffer = await readPieces(join(folder, row.file), row, options.progress);
    const segment = segmentIn(buffer);
    if (segment.documents !== row.documents) throw damaged('its number of documents is another one');
    return segment;
  } catch (error) {
    if (error instanceof KmsError) throw error;
    throw new KmsError('data_loss', 'a lexical segment cannot be read', { cause: error });
  }
}

async function writePieces(
  path: string,
  segment: Segment,
): Promise<{ readonly checksum: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'w');
  try {
    for (const part of partsOf(segment.arrays)) {
      for (let at = 0; at < part.length; at += pieceBytes) {
        const piece = part.subarray(at, at + pieceBytes);
        hash.update(piece);
        await writeAll(file, piece);
      }
      bytes += part.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { checksum: hash.digest('hex'), bytes };
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) {
    const { bytesWritten } = await file.write(piece, at, piece.length - at);
    at += bytesWritten;
  }
}

async function readPieces(path: string, row: SegmentRow, progress: () => void): Promise<ArrayBuffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size !== row.bytes) throw damaged(`it has ${size} bytes, not ${row.bytes}`);
    const bytes = new Uint8Array(size);
    const hash = createHash('sha256');
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(pieceBytes, size - at), at);
      if (bytesRead === 0) throw damaged('it ends too soon');
      hash.update(bytes.subarray(at, at + bytesRead));
      at += bytesRead;
      progress();
    }
    if (hash.digest('hex') !== row.checksum) throw damaged('its checksum is another one');
    return bytes.buffer;
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
