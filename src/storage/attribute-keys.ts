// How the rows of the secondary indexes are named, so that what a filter asks for lies side by side on disk.
//
// A row is (collection, family, field, value, block) → the labels of the block that have it. Numbers and times are
// written so that their bytes sort as they do, and besides each value there are rows of coarser cells around it: a range
// over a million different values reads a few cells and the values at its two ends (the trie of Schindler and
// Diepenbroek 2008, "Generic XML-based framework for metadata portals").

import { createHash } from 'node:crypto';
import type { FilterValue } from '../model/filter.ts';

/** Raised when rows of an older engine would be misread: they are then made anew at start. */
export const attributesVersion = 1;

/** What a row's labels have in common. */
export const families = {
  /** They are the collection's. */
  all: 1,
  /** They are the first ones of documents. */
  firsts: 2,
  /** They have the field. */
  exists: 3,
  /** They have the value. */
  values: 4,
  /** They have a number or a time within the cell. */
  cells: 5,
} as const;
export type Family = (typeof families)[keyof typeof families];

export const kinds = { boolean: 1, number: 2, time: 3, text: 4 } as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

/**
 * Leading bits that make up a cell, coarse to fine. A double has 12 bits of sign and exponent: numbers are cut between
 * powers of two, and then into 16 and 1,024 parts; the times of our age into 2 years, 50 days and 19 hours. The coarse
 * ones cost next to nothing, since the documents of a batch share them; a finer one would make long ranges a little
 * cheaper, and every write of a number by a quarter dearer.
 */
export const cellBits = { [kinds.number]: [12, 16, 22], [kinds.time]: [16, 20, 26] } as const;

/** A name or text beyond this is replaced by its SHA-256: a key of LMDB has at most 1,978 bytes. */
const textBytesMax = 256;
const hashedFlag = 0x8000;
const hashBytes = 32;

/** The part of a key before the block, and room for the block. */
export const blockBytes = 4;

/** `all` and `firsts` of a collection: no field, no value. */
export function collectionPrefix(collection: number, family: Family): Buffer {
  const prefix = Buffer.allocUnsafe(5);
  prefix.writeUInt32BE(collection, 0);
  prefix[4] = family;
  return prefix;
}

export function fieldPrefix(collection: number, family: Family, field: string): Buffer {
  const start = collectionPrefix(collection, family);
  const prefix = keyFrom(start, textBytesOf(field));
  writeText(prefix, start.length, field);
  return prefix;
}

/** Kind and value, behind a field's prefix. */
export function valueBytes(value: FilterValue): Buffer {
  return valueRowKey(noPrefix, value, 0);
}

/**
 * The key of a value's rows: a field's prefix, kind and value, and `room` for the block. In one buffer, as a commit makes
 * hundreds of them.
 */
export function valueRowKey(prefix: Uint8Array, value: FilterValue, room = blockBytes): Buffer {
  switch (typeof value) {
    case 'string':
      return textRowKey(prefix, value, room);
    case 'boolean': {
      const key = keyFrom(prefix, 2 + room);
      key[prefix.length] = kinds.boolean;
      key[prefix.length + 1] = value ? 1 : 0;
      return key;
    }
    case 'number':
      return numberRowKey(prefix, { kind: kinds.number, number: value }, room);
    default:
      return numberRowKey(prefix, { kind: kinds.time, number: value.timeMs }, room);
  }
}

/** The key of a cell's rows: a field's prefix, level and cell number, and room for the block. */
export function cellRowKey(
  prefix: Uint8Array,
  { kind, bits, cell }: { readonly kind: Kind; readonly bits: number; readonly cell: number },
): Buffer {
  const key = keyFrom(prefix, 6 + blockBytes);
  const at = prefix.length;
  key[at] = kind;
  key[at + 1] = bits;
  key.writeUInt32BE(cell, at + 2);
  return key;
}

/**
 * The value in a key of the `values` family, `at` being where the field's prefix ends. Null: a long text, of which the
 * key holds a hash only.
 */
export function valueOfKey(key: Uint8Array, at: number): FilterValue | null {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  switch (bytes[at]) {
    case kinds.boolean:
      return bytes[at + 1] === 1;
    case kinds.number:
      return numberOfBytes(bytes, at + 1);
    case kinds.time:
      return { timeMs: numberOfBytes(bytes, at + 1) };
    default: {
      const length = bytes.readUInt16BE(at + 1);
      return (length & hashedFlag) === 0 ? bytes.toString('utf8', at + 3, at + 3 + length) : null;
    }
  }
}

/** Level and cell number, behind a field's prefix: kind, bits, and the leading bits of the number as 32 bits. */
export function cellBytes(kind: Kind, bits: number, cell: number): Buffer {
  return cellRowKey(noPrefix, { kind, bits, cell }).subarray(0, -blockBytes);
}

/** Eight bytes that sort as the numbers do; -0 is 0. */
export function orderedBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  writeOrdered(bytes, 0, value);
  return bytes;
}

function writeOrdered(bytes: Buffer, at: number, value: number): void {
  bytes.writeDoubleBE(value + 0, at);
  // Negative numbers: the larger the bits, the smaller the number. The sign bit itself goes the other way round.
  if (value < 0) for (let i = at; i < at + 8; i++) bytes[i] = ~(bytes[i] as number);
  else bytes[at] = (bytes[at] as number) | 0x80;
}

/** The cell of `bits` leading bits, at most 32, that a number lies in; `ordered` begins at `at`. */
export function cellOf(ordered: Buffer, bits: number, at = 0): number {
  return ordered.readUInt32BE(at) >>> (32 - bits);
}

export function blockOfKey(key: Uint8Array): number {
  const at = key.length - blockBytes;
  return (
    (((key[at] as number) << 24) |
      ((key[at + 1] as number) << 16) |
      ((key[at + 2] as number) << 8) |
      (key[at + 3] as number)) >>>
    0
  );
}

/** Whatever begins with `prefix` lies from it up to here: no part behind a prefix is longer than 8 bytes of 255. */
export function behind(prefix: Uint8Array): Buffer {
  return Buffer.concat([prefix, Buffer.alloc(16, 0xff)]);
}

function numberOfBytes(key: Buffer, at: number): number {
  const bytes = Buffer.from(key.subarray(at, at + 8));
  if (((bytes[0] as number) & 0x80) !== 0) bytes[0] = (bytes[0] as number) & 0x7f;
  else for (let i = 0; i < 8; i++) bytes[i] = ~(bytes[i] as number);
  return bytes.readDoubleBE(0);
}

const noPrefix = new Uint8Array(0);

/** A buffer that begins with `prefix`, and `more` bytes behind it that are not set. */
function keyFrom(prefix: Uint8Array, more: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + more);
  key.set(prefix);
  return key;
}

function numberRowKey(
  prefix: Uint8Array,
  { kind, number }: { readonly kind: Kind; readonly number: number },
  room: number,
): Buffer {
  const key = keyFrom(prefix, 9 + room);
  key[prefix.length] = kind;
  writeOrdered(key, prefix.length + 1, number);
  return key;
}

function textRowKey(prefix: Uint8Array, text: string, room: number): Buffer {
  const length = textBytesOf(text);
  const key = keyFrom(prefix, 1 + length + room);
  key[prefix.length] = kinds.text;
  writeText(key, prefix.length + 1, text);
  return key;
}

/** What a name or a text takes in a key. */
function textBytesOf(text: string): number {
  const bytes = Buffer.byteLength(text, 'utf8');
  return 2 + (bytes > textBytesMax ? hashBytes : bytes);
}

/** Its length first: so that no name or text is the beginning of another one. */
function writeText(key: Buffer, at: number, text: string): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > textBytesMax) {
    key.writeUInt16BE(hashBytes | hashedFlag, at);
    createHash('sha256')
      .update(text, 'utf8')
      .digest()
      .copy(key, at + 2);
    return;
  }
  key.writeUInt16BE(bytes, at);
  key.write(text, at + 2, bytes, 'utf8');
}
