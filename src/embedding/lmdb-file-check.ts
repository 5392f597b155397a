// Whether an LMDB data file can be opened at all. LMDB maps the file and trusts it: on garbage or on a file that was cut
// short, lmdb-js takes the whole process down (SIGSEGV, SIGBUS) instead of throwing, and would do so at every start.
// Looked at: the magic number and the last page of the newest of the two meta pages; layout as in lmdb-js 3.5's LMDB.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const magic = 0xbeefc0de;
const metaStart = 24;
const pageSizeStart = metaStart + 24;
const lastPageStart = metaStart + 120;
const transactionStart = metaStart + 128;
const metaEnd = metaStart + 136;

/** Throws what the file system throws, ENOENT among others; an empty file is as good as a new one. */
export function isWholeLmdbFile(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return true;
    const first = readMeta(file, 0);
    if (first === null) return false;
    const second = readMeta(file, first.pageSize);
    if (second === null) return false;
    const newest = first.transaction > second.transaction ? first : second;
    return (newest.lastPage + 1n) * BigInt(newest.pageSize) <= BigInt(size);
  } finally {
    closeSync(file);
  }
}

interface Meta {
  readonly pageSize: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

function readMeta(file: number, position: number): Meta | null {
  const bytes = Buffer.alloc(metaEnd);
  if (readSync(file, bytes, 0, metaEnd, position) < metaEnd) return null;
  if (bytes.readUInt32LE(metaStart) !== magic) return null;
  return {
    pageSize: bytes.readUInt32LE(pageSizeStart),
    lastPage: bytes.readBigUInt64LE(lastPageStart),
    transaction: bytes.readBigUInt64LE(transactionStart),
  };
}
