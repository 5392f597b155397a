// Whether an LMDB data file can be opened at all. LMDB maps the file and trusts it: on garbage or on a file that was cut
// short, lmdb-js takes the whole process down (SIGSEGV, SIGBUS) instead of throwing, and would do so at every start.
// Looked at: the magic number and the last page of the two meta pages; layout as in lmdb-js 3.5's LMDB.

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { KmsError } from './errors.ts';

const magic = 0xbeefc0de;
const metaStart = 24;
const pageSizeStart = metaStart + 24;
const lastPageStart = metaStart + 120;
const transactionStart = metaStart + 128;
const metaEnd = metaStart + 136;

/**
 * Whether everything that was ever committed is in the file. Throws what the file system throws, ENOENT among others; an
 * empty file is as good as a new one.
 */
export function isWholeLmdbFile(path: string): boolean {
  return inspect(path, (metas, size) => fits(newestOf(metas), size));
}

/**
 * Throws `data_loss` for a file that would end the process when it is opened. One that has lost only its newest commit is
 * let through: after a power cut LMDB goes back to the commit before by itself.
 */
export function checkLmdbFile(path: string, advice: string): void {
  if (!existsSync(path)) return;
  if (inspect(path, (metas, size) => metas.some((meta) => fits(meta, size)))) return;
  throw new KmsError('data_loss', `${path} is damaged: ${advice}`, { facts: { path } });
}

type Metas = readonly [Meta, Meta];

function inspect(path: string, isFit: (metas: Metas, size: number) => boolean): boolean {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return true;
    const first = readMeta(file, 0);
    if (first === null) return false;
    const second = readMeta(file, first.pageSize);
    return second !== null && isFit([first, second], size);
  } finally {
    closeSync(file);
  }
}

function newestOf([first, second]: Metas): Meta {
  return first.transaction > second.transaction ? first : second;
}

function fits({ lastPage, pageSize }: Meta, size: number): boolean {
  return (lastPage + 1n) * BigInt(pageSize) <= BigInt(size);
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
