// Dead letters in the state environment: what is known about each, and apart from it the document itself, so that
// thousands of letters can be looked through without reading thousands of documents.

import { createHash } from 'node:crypto';
import type { Database, RootDatabase } from 'lmdb';
import type { Clock } from '../base/clock.ts';
import type { DeadLetter } from '../model/dead-letter.ts';
import type { AttributeValue, Document } from '../model/document.ts';
import { durable } from './durable-commit.ts';

/** A letter without its payload. */
export interface DeadLetterHeader extends Omit<DeadLetter, 'document' | 'raw'> {
  /** About what the payload takes on disk. */
  readonly payloadBytes: number;
  /** Stands for the document's id where there is none, so that the same row read again is known again. */
  readonly rowHash: string;
}

interface PayloadRow {
  readonly document: DocumentRow | null;
  readonly raw: string;
}

interface DocumentRow extends Omit<Document, 'attributes' | 'embedding'> {
  /** As pairs: an object would lose a name like `__proto__`. */
  readonly attributes: readonly (readonly [string, AttributeValue])[];
  /** Little-endian float32. */
  readonly embedding: Buffer | null;
}

export class DeadLetterStore {
  readonly #root: RootDatabase;
  readonly #clock: Clock;
  readonly #headers: Database<DeadLetterHeader, string>;
  readonly #payloads: Database<PayloadRow, string>;

  constructor({ root, clock }: { readonly root: RootDatabase; readonly clock: Clock }) {
    this.#root = root;
    this.#clock = clock;
    this.#headers = root.openDB<DeadLetterHeader, string>({ name: 'dead-letters' });
    this.#payloads = root.openDB<PayloadRow, string>({ name: 'dead-letter-payloads' });
  }

  /** Oldest first. */
  headers(): readonly DeadLetterHeader[] {
    return [...this.#headers.getRange()].map(({ value }) => value);
  }

  /** The whole letter; null when it has been removed. */
  read(id: string): DeadLetter | null {
    const header = this.#headers.get(id);
    const payload = this.#payloads.get(id);
    if (header === undefined || payload === undefined) return null;
    const { payloadBytes: _bytes, rowHash: _hash, ...rest } = header;
    const document = payload.document === null ? null : toDocument(payload.document);
    return { ...rest, document, raw: payload.raw };
  }

  /** Writes letters over older ones of the same id and removes others; resolves with the headers when all is on disk. */
  async write(change: {
    readonly put: readonly DeadLetter[];
    readonly removed: readonly string[];
  }): Promise<readonly DeadLetterHeader[]> {
    const headers = change.put.map(headerOf);
    const written = this.#root.childTransaction(() => {
      for (const [index, letter] of change.put.entries()) {
        this.#headers.putSync(letter.id, headers[index] as DeadLetterHeader);
        const document = letter.document === null ? null : toRow(letter.document);
        this.#payloads.putSync(letter.id, { document, raw: letter.raw });
      }
      for (const id of change.removed) {
        this.#headers.removeSync(id);
        this.#payloads.removeSync(id);
      }
    });
    await durable(written, { flushed: () => this.#root.flushed, clock: this.#clock });
    return headers;
  }
}

/** A letter's payload on disk, give or take a page. */
export function payloadBytesOf({ document, raw }: Pick<DeadLetter, 'document' | 'raw'>): number {
  if (document === null) return Buffer.byteLength(raw);
  const vectorBytes = document.embedding?.byteLength ?? 0;
  const attributes = Buffer.byteLength(JSON.stringify(document.attributes));
  return Buffer.byteLength(document.title) + Buffer.byteLength(document.body) + attributes + vectorBytes;
}

/** Empty for a letter that knows its document's id. */
export function rowHashOf({ documentId, raw }: Pick<DeadLetter, 'documentId' | 'raw'>): string {
  return documentId === '' ? createHash('sha256').update(raw).digest('hex') : '';
}

function headerOf(letter: DeadLetter): DeadLetterHeader {
  const { document: _document, raw: _raw, ...header } = letter;
  return { ...header, payloadBytes: payloadBytesOf(letter), rowHash: rowHashOf(letter) };
}

function toRow(document: Document): DocumentRow {
  const { embedding, attributes, ...rest } = document;
  const bytes =
    embedding === null ? null : Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  return { ...rest, attributes: Object.entries(attributes), embedding: bytes };
}

function toDocument({ embedding, attributes, ...rest }: DocumentRow): Document {
  // A copy of its own: what the store lends lies unaligned in a larger buffer.
  const vector = embedding === null ? null : new Float32Array(new Uint8Array(embedding).buffer);
  return { ...rest, attributes: Object.fromEntries(attributes), embedding: vector };
}
