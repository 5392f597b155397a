// The page tokens of the List methods: where the next page starts. Opaque to clients, versioned so that its form can
// change, bound to its method and filter, and with a checksum so that a damaged one is refused instead of skipping
// entries. The checksum guards against accidents; a forged token reads nothing that its caller could not list anyway.

import { createHash } from 'node:crypto';
import type { InputFaults } from './input-faults.ts';

const version = 1;
const checksumBytes = 9;
/** Version, scope and id as JSON (an id of 512 bytes escapes to at most six times that), a third more as base64. */
const tokenCharactersMax = 6_000;

export class PageTokens {
  readonly #method: string;
  readonly #scopeName: string;

  /** `scopeName`: what the pages of one walk have in common, as a caller would call it. */
  constructor(method: string, scopeName: string) {
    this.#method = method;
    this.#scopeName = scopeName;
  }

  encode(scope: string, lastId: string): string {
    const payload = Buffer.from(JSON.stringify([version, scope, lastId]));
    return Buffer.concat([this.#checksum(payload), payload]).toString('base64url');
  }

  /** The id behind which the page starts; null: the first page. */
  decode(token: string, scope: string, faults: InputFaults): string | null {
    if (token === '') return null;
    const payload = this.#payloadOf(token);
    if (payload === null) {
      faults.add('page_token', 'is damaged: give next_page_token of the page before, unchanged');
      return null;
    }
    const [tokenVersion, tokenScope, lastId] = JSON.parse(payload.toString()) as [number, string, string];
    if (tokenVersion !== version) {
      faults.add('page_token', `is of version ${tokenVersion}: start again from the first page`);
    } else if (tokenScope !== scope) {
      faults.add('page_token', `belongs to another ${this.#scopeName}`);
    }
    return lastId;
  }

  /** Null when the checksum does not fit: what passes was made by `encode`, for this method. */
  #payloadOf(token: string): Buffer | null {
    if (token.length > tokenCharactersMax) return null;
    const bytes = Buffer.from(token, 'base64url');
    // The decoder passes over characters that are not base64url; only the token that was given out counts.
    if (bytes.toString('base64url') !== token || bytes.length <= checksumBytes) return null;
    const payload = bytes.subarray(checksumBytes);
    return this.#checksum(payload).equals(bytes.subarray(0, checksumBytes)) ? payload : null;
  }

  #checksum(payload: Buffer): Buffer {
    return createHash('sha256')
      .update(`kms.v1.${this.#method}`)
      .update(payload)
      .digest()
      .subarray(0, checksumBytes);
  }
}

/** A filter of any size as the scope of a token. */
export function scopeOf(filter: unknown): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url');
}
