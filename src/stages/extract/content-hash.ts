// Change detection: two hashes that tell a redelivered document from a changed one without keeping a second copy of it.
// The raw input is hashed, not what was extracted from it, so that a hash costs no parsing.

import { createHash, type Hash } from 'node:crypto';
import type { Attributes, AttributeValue, Document } from '../../model/document.ts';

/** 32 hex digits are 128 bits: among 10^12 documents two differing ones share a hash with a chance of 10^-15. */
const hexDigits = 32;

/** Over everything that decides the vectors: generation, media type, title, body and the client's own vector. */
export function contentHashOf(document: Document, generation: string): string {
  const hash = createHash('sha256');
  frame(hash, generation);
  frame(hash, document.mediaType);
  frame(hash, document.title);
  frame(hash, document.body);
  const { embedding } = document;
  if (embedding === null) frame(hash, 'text');
  else frame(hash, 'vector', new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength));
  return hash.digest('hex').slice(0, hexDigits);
}

/** Over attributes, whatever their order, and the source's update time. */
export function attributesHashOf(attributes: Attributes, updateTimeMs: number | null): string {
  const hash = createHash('sha256');
  frame(hash, updateTimeMs === null ? '' : String(updateTimeMs));
  for (const name of Object.keys(attributes).sort()) {
    const value = attributes[name];
    if (value === undefined) continue;
    frame(hash, name);
    frame(hash, canonical(value));
  }
  return hash.digest('hex').slice(0, hexDigits);
}

/** The kind goes before the value: the string "1", the number 1 and the time 1 are three different attributes. */
function canonical(value: AttributeValue): string {
  if (typeof value === 'string') return `s:${value}`;
  // -0 is written as 0, and is the same number to every filter.
  if (typeof value === 'number') return `n:${value}`;
  if (typeof value === 'boolean') return `b:${value}`;
  return 'timeMs' in value ? `t:${value.timeMs}` : `l:${JSON.stringify(value)}`;
}

/** Length before content: without it ("ab", "c") and ("a", "bc") would be one and the same input. */
function frame(hash: Hash, ...parts: readonly (string | Uint8Array)[]): void {
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    hash.update(`${bytes.byteLength}:`);
    hash.update(bytes);
  }
}
