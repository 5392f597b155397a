// The page token of ListDocuments: where the next page starts. Opaque to clients, versioned so that its form can
// change, bound to its collection, and with a checksum so that a damaged one is refused instead of skipping documents.
// The checksum guards against accidents; a forged token reads nothing that its caller could not list anyway.

import { createHash } from 'node:crypto';
import type { InputFaults } from './input-faults.ts';

const version = 1;
const checksumBytes = 9;
/** Version, collection and id as JSON (an id of 512 bytes escapes to at most six times that), a third more as base64. */
const tokenCharactersMax = 6_000;

function checksum(payload: Buffer): Buffer {
  return createHash('sha256')
    .update('kms.v1.ListDocuments')
    .update(payload)
    .digest()
    .subarray(0, checksumBytes);
}

export function encodePageToken(collection: string, afterId: string): string {
  const payload = Buffer.from(JSON.stringify([version, collection, afterId]));
  return Buffer.concat([checksum(payload), payload]).toString('base64url');
}

/** The id after which the page starts; null: the first page. */
export function decodePageToken(token: string, collection: string, faults: InputFaults): string | null {
  if (token === '') return null;
  const payload = payloadOf(token);
  if (payload === null) {
    faults.add('page_token', 'is damaged: give next_page_token of the page before, unchanged');
    return null;
  }
  const [tokenVersion, tokenCollection, afterId] = JSON.parse(payload.toString()) as [number, string, string];
  if (tokenVersion !== version) {
    faults.add('page_token', `is of version ${tokenVersion}: start again from the first page`);
  } else if (tokenCollection !== collection) {
    faults.add('page_token', 'belongs to another collection');
  }
  return afterId;
}

/** Null when the checksum does not fit: what passes was made by encodePageToken. */
function payloadOf(token: string): Buffer | null {
  if (token.length > tokenCharactersMax) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The decoder passes over characters that are not base64url; only the token that was given out counts.
  if (bytes.toString('base64url') !== token || bytes.length <= checksumBytes) return null;
  const payload = bytes.subarray(checksumBytes);
  return checksum(payload).equals(bytes.subarray(0, checksumBytes)) ? payload : null;
}
