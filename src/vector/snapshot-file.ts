// A graph on disk that can be trusted: written under a temporary name, checked, synced, summed up, and only then given its
// name. hnswlib checks no write error and syncs nothing, and it loads a file of other dimensions without a word, so
// both sides are verified here. Header layout as hnswlib 0.8 writes it on 64-bit machines.

import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KmsError } from '../base/errors.ts';
import { type GraphParameters, HnswGraph } from './hnsw-graph.ts';
import { nativeAddon } from './native-addon.ts';

/** What the store keeps about a snapshot, in one row, written after the file is safe. */
export interface SnapshotRow {
  /** The name within the snapshot folder. */
  readonly file: string;
  /** XXH64 of the file, hex: against damage, not against malice. */
  readonly checksum: string;
  readonly bytes: number;
  readonly parameters: GraphParameters;
  readonly count: number;
  readonly tombstones: number;
  /** Every change up to here is in the file. */
  readonly appliedSequence: number;
}

const headerBytes = 96;

/** Writes the graph; resolves when the file is on disk under its name. `onWritten`: the graph may change again. */
export async function writeSnapshotFile(
  graph: HnswGraph,
  path: string,
  onWritten: () => void,
): Promise<{ readonly checksum: string; readonly bytes: number }> {
  const temporary = `${path}.tmp`;
  const { count } = graph;
  try {
    try {
      await graph.writeTo(temporary);
    } finally {
      onWritten();
    }
    const bytes = await checkFile(temporary, { parameters: graph.parameters, count });
    await syncPath(temporary);
    const checksum = await nativeAddon().checksumOf(temporary);
    await rename(temporary, path);
    await syncPath(dirname(path));
    return { checksum, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Verifies the file against its row and loads it. Rejects with `data_loss` when it is missing, torn or another one. */
export async function loadSnapshotFile(
  path: string,
  row: SnapshotRow,
  options: { readonly enterNativeCall: () => () => void },
): Promise<HnswGraph> {
  try {
    const bytes = await checkFile(path, row);
    if (bytes !== row.bytes) throw damaged(`it has ${bytes} bytes, not ${row.bytes}`);
    const leave = options.enterNativeCall();
    try {
      const checksum = await nativeAddon().checksumOf(path);
      if (checksum !== row.checksum) throw damaged('its checksum is another one');
      const graph = await HnswGraph.load(path, row.parameters, row.tombstones);
      if (graph.count !== row.count) throw damaged(`it has ${graph.count} points, not ${row.count}`);
      return graph;
    } finally {
      leave();
    }
  } catch (error) {
    if (error instanceof KmsError) throw error;
    throw new KmsError('data_loss', 'a snapshot cannot be read', { cause: error });
  }
}

/** Header, and the exact length that follows from it; hnswlib reports success for files that are neither. */
async function checkFile(
  path: string,
  expected: { readonly parameters: GraphParameters; readonly count: number },
): Promise<number> {
  const { dimensions, m, efConstruction } = expected.parameters;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const header = Buffer.alloc(headerBytes);
    const { bytesRead } = await file.read(header, 0, headerBytes, 0);
    if (bytesRead < headerBytes) throw damaged('it is shorter than its header');
    const count = Number(header.readBigUInt64LE(16));
    const pointBytes = Number(header.readBigUInt64LE(24));
    // A point: its links in the lowest layer (2 m, and their number), its values, its label.
    if (pointBytes !== (2 * m + 1) * 4 + dimensions * 4 + 8) throw damaged('its dimensions or m are others');
    if (Number(header.readBigUInt64LE(72)) !== m) throw damaged('its m is another one');
    if (Number(header.readBigUInt64LE(88)) !== Math.max(efConstruction, m))
      throw damaged('its ef_construction is another one');
    if (count !== expected.count) throw damaged(`it has ${count} points, not ${expected.count}`);
    const linksStart = headerBytes + count * pointBytes;
    const links = Buffer.alloc(Math.max(0, size - linksStart));
    await file.read(links, 0, links.length, linksStart);
    if (linksStart + linkBytes(links, count) !== size) throw damaged('its length does not fit its points');
    return size;
  } finally {
    await file.close();
  }
}

/** Each point's upper links: a length, then as many bytes. -1 when they do not fit. */
function linkBytes(links: Buffer, count: number): number {
  let position = 0;
  for (let point = 0; point < count; point++) {
    if (position + 4 > links.length) return -1;
    position += 4 + links.readUInt32LE(position);
  }
  return position;
}

/** A file's content, or a folder's names, onto the disk. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function damaged(what: string): KmsError {
  return new KmsError('data_loss', `a snapshot is damaged: ${what}`);
}
