// Which rows of the secondary indexes make up a range of numbers or times.

import {
  blockBytes,
  cellBits,
  cellBytes,
  cellOf,
  families,
  fieldPrefix,
  type Kind,
  type kinds,
  orderedBytes,
} from './attribute-keys.ts';

/** Numbers or times from here to there, both ends within. */
export interface ValueRange {
  readonly kind: typeof kinds.number | typeof kinds.time;
  readonly lower: { readonly number: number; readonly isInclusive: boolean };
  readonly upper: { readonly number: number; readonly isInclusive: boolean };
}

/** Keys from `start` to before `end`. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

/**
 * The range, cut into rows that lie together: whole cells in its middle, as coarse as can be, finer ones towards its two
 * ends, and single values in what is left there.
 */
export function rangeParts(collection: number, field: string, range: ValueRange): KeyRange[] {
  const lower = orderedBytes(range.lower.number);
  const upper = orderedBytes(range.upper.number);
  const order = Buffer.compare(lower, upper);
  if (order > 0) return [];
  const cells = fieldPrefix(collection, families.cells, field);
  const parts: KeyRange[] = [];
  const { kind } = range;
  /** Of the level before: the cells that the two ends lie in. */
  let isSplit = false;
  let coarser = 0;
  for (const bits of cellBits[kind]) {
    const low = cellOf(lower, bits);
    const high = cellOf(upper, bits);
    const part = (from: number, to: number) => parts.push(...cellRange(cells, { kind, bits, from, to }));
    if (isSplit) {
      const finer = bits - coarser;
      part(low + 1, ((cellOf(lower, coarser) + 1) << finer) - 1);
      part(cellOf(upper, coarser) << finer, high - 1);
    } else if (low !== high) {
      part(low + 1, high - 1);
      isSplit = true;
    }
    coarser = bits;
  }
  const values = Buffer.concat([fieldPrefix(collection, families.values, field), Buffer.from([kind])]);
  const at = (bytes: Buffer) => Buffer.concat([values, bytes]);
  const start = range.lower.isInclusive ? at(lower) : behindValue(at(lower));
  const end = range.upper.isInclusive ? behindValue(at(upper)) : at(upper);
  if (!isSplit) return [{ start, end }];
  const lowEnd = Buffer.alloc(8, 0xff);
  lowEnd.writeUInt32BE(fill(cellOf(lower, coarser), coarser), 0);
  const highStart = Buffer.alloc(8);
  highStart.writeUInt32BE((cellOf(upper, coarser) << (32 - coarser)) >>> 0, 0);
  return [...parts, { start, end: behindValue(at(lowEnd)) }, { start: at(highStart), end }];
}

/** The last 32-bit number of a cell. */
function fill(cell: number, bits: number): number {
  return (((cell + 1) << (32 - bits)) - 1) >>> 0;
}

function cellRange(
  prefix: Buffer,
  cells: { readonly kind: Kind; readonly bits: number; readonly from: number; readonly to: number },
): KeyRange[] {
  if (cells.from > cells.to) return [];
  const key = (cell: number) => Buffer.concat([prefix, cellBytes(cells.kind, cells.bits, cell)]);
  return [{ start: key(cells.from), end: behindValue(key(cells.to)) }];
}

/** Behind all blocks of a value, and before the next value of the same length. */
function behindValue(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.alloc(blockBytes + 1, 0xff)]);
}
