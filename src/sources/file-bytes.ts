// The bytes of a file source, and what makes it the same file as when a checkpoint was taken.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

export interface ByteSource {
  readonly bytesTotal: number | null;
  readonly identity: string | null;
  /** Bytes from `offset` on. A pipe can only be read once, from 0. */
  open(offset: number): AsyncIterable<Buffer>;
}

/** Enough to tell two exports of one size and second apart. */
const headBytesMax = 64 * 1024;
const chunkBytes = 256 * 1024;

/** Throws the file system's own error when the file cannot be read. */
export async function openFile(path: string): Promise<ByteSource> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeMs } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytesMax), 0, headBytesMax, 0);
    const head = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    return {
      bytesTotal: size,
      identity: `file:${size}:${Math.trunc(mtimeMs)}:${head}`,
      open: (offset) => createReadStream(path, { start: offset, highWaterMark: chunkBytes }),
    };
  } finally {
    await file.close();
  }
}

export function openPipe(stream: Readable): ByteSource {
  return { bytesTotal: null, identity: null, open: () => stream };
}
