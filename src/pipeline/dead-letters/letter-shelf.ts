// What is known of all dead letters, in memory: which there are, and which one belongs to a document. Bounded by the
// number of letters, about 1 KiB each.

import type { DeadLetterFilter } from '../../model/dead-letter.ts';
import type { DeadLetterHeader } from '../../storage/dead-letter-store.ts';

/** Names a letter's document: a document has at most one letter a source. */
export interface LetterSubject {
  readonly source: string;
  readonly collection: string;
  readonly documentId: string;
  /** See DeadLetterHeader. */
  readonly rowHash: string;
}

export class LetterShelf {
  /** In order of age: an id sorts by time, and one that is put again keeps its place. */
  readonly #headers = new Map<string, DeadLetterHeader>();
  readonly #bySubject = new Map<string, string>();
  #bytes = 0;

  constructor(headers: readonly DeadLetterHeader[]) {
    for (const header of headers) this.put(header);
  }

  get count(): number {
    return this.#headers.size;
  }

  /** Of all payloads together. */
  get bytes(): number {
    return this.#bytes;
  }

  get lastId(): string | null {
    return [...this.#headers.keys()].at(-1) ?? null;
  }

  get(id: string): DeadLetterHeader | null {
    return this.#headers.get(id) ?? null;
  }

  idOf(subject: LetterSubject): string | null {
    return this.#bySubject.get(nameOf(subject)) ?? null;
  }

  put(header: DeadLetterHeader): void {
    this.#bytes += header.payloadBytes - (this.#headers.get(header.id)?.payloadBytes ?? 0);
    this.#headers.set(header.id, header);
    this.#bySubject.set(nameOf(header), header.id);
  }

  remove(id: string): void {
    const header = this.#headers.get(id);
    if (header === undefined) return;
    this.#bytes -= header.payloadBytes;
    this.#headers.delete(id);
    if (this.#bySubject.get(nameOf(header)) === id) this.#bySubject.delete(nameOf(header));
  }

  /** Ids of the letters that match, oldest first, after `afterId`. */
  *matching(filter: DeadLetterFilter, afterId: string | null): Iterable<string> {
    const ids = new Set(filter.ids);
    for (const [id, header] of this.#headers) {
      if (afterId !== null && id <= afterId) continue;
      if (ids.size > 0 && !ids.has(id)) continue;
      if (isMatch(header, filter)) yield id;
    }
  }
}

function isMatch(header: DeadLetterHeader, filter: DeadLetterFilter): boolean {
  const isEqual = (wanted: string, found: string) => wanted === '' || wanted === found;
  return (
    isEqual(filter.collection, header.collection) &&
    isEqual(filter.source, header.source) &&
    isEqual(filter.stage, header.stage) &&
    isEqual(filter.code, header.fault.code)
  );
}

function nameOf({ source, collection, documentId, rowHash }: LetterSubject): string {
  return [source, collection, documentId, rowHash].join('\0');
}
