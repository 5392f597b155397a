// Change detection: two hashes that tell a redelivered document from a changed one without keeping a second copy of it.
// The raw input is hashed, not what was extracted from it, so that a hash costs no parsing.

import { createHash, hash } from 'node:crypto';
import type { Attributes, AttributeValue, Document } from '../../model/document.ts';

/** 32 hex digits are 128 bits: among 10^12 documents two differing ones share a hash with a chance of 10^-15. */
const hexDigits = 32;

/** Over everything that decides the vectors: generation, media type, title, body and the client's own vector. */
export function contentHashOf(document: Document, generation: string): string {
  const { embedding } = document;
  const own =
    embedding === null
      ? ['text']
      : ['vector', new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength)];
  return hashOf([generation, document.mediaType, document.title, document.body, ...own]);
}

/** Over attributes, whatever their order, and the source's update time. */
export function attributesHashOf(attributes: Attributes, updateTimeMs: number | null): string {
  const parts = [updateTimeMs === null ? '' : String(updateTimeMs)];
  for (const name of Object.keys(attributes).sort()) {
    const value = attributes[name];
    if (value !== undefined) parts.push(name, canonical(value));
  }
  return hashOf(parts);
}

/** The kind goes before the value: the string "1", the number 1 and the time 1 are three different attributes. */
function canonical(value: AttributeValue): string {
  if (typeof value === 'string') return `s:${value}`;
  // -0 is written as 0, and is the same number to every filter.
  if (typeof value === 'number') return `n:${value}`;
  if (typeof value === 'boolean') return `b:${value}`;
  return 'timeMs' in value ? `t:${value.timeMs}` : `l:${JSON.stringify(value)}`;
}

/** A usual document with its vector has a few KB. Whatever has more is hashed part by part. */
const gatheredBytesMax = 64 * 1024;
const gathered = Buffer.allocUnsafe(gatheredBytesMax);
/** In UTF-8 a UTF-16 unit takes at most three bytes; behind them stands what a length needs, colon included. */
const bytesPerUnitMax = 3;
const lengthBytesMax = 16;

type Part = string | Uint8Array;

/**
 * Each part with its length before it: without that, ("ab", "c") and ("a", "bc") would be one and the same input.
 * Gathered first, as a hash that is fed piece by piece costs three times as much for a short document.
 */
function hashOf(parts: readonly Part[]): string {
  const bytesMax = parts.reduce((sum, part) => sum + lengthBytesMax + part.length * bytesPerUnitMax, 0);
  if (bytesMax > gatheredBytesMax) return hashOfPieces(parts);
  let end = 0;
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.byteLength(part, 'utf8') : part.byteLength;
    end += gathered.write(`${bytes}:`, end, 'latin1');
    if (typeof part === 'string') gathered.write(part, end, 'utf8');
    else gathered.set(part, end);
    end += bytes;
  }
  return hash('sha256', gathered.subarray(0, end), 'hex').slice(0, hexDigits);
}

function hashOfPieces(parts: readonly Part[]): string {
  const sum = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    sum.update(`${bytes.byteLength}:`);
    sum.update(bytes);
  }
  return sum.digest('hex').slice(0, hexDigits);
}
