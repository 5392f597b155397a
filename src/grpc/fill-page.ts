// One page of a List method: as many entries as were asked for, as far as they fit into a message.

import { limits } from '../model/limits.ts';

/** Half a message: room for one more entry of the largest size, whatever it carries. */
const pageBytesMax = limits.messageBytesMax / 2;
/** Entries fetched at a time: bounds what a page of the largest documents holds in memory. */
const pageSliceMax = 16;
/** Reads that give less than was asked for, and more follows: a filter that few pass ends the page, so that no call takes for ever. */
const shortReadsMax = 8;

export interface Slice<Entry> {
  readonly entries: readonly Entry[];
  /** Where the next slice starts; null: there is no more. */
  readonly lastId: string | null;
}

export interface PageOptions<Entry> {
  readonly pageSize: number;
  /** The id that the page before ended with; null: the first page. */
  readonly startId: string | null;
  /** The next entries behind `lastId`, at most `limit`. */
  readonly read: (lastId: string | null, limit: number) => Slice<Entry> | Promise<Slice<Entry>>;
  /** About what an entry takes on the wire, rather more than less. */
  readonly bytesOf: (entry: Entry) => number;
}

export interface Page<Entry> {
  readonly items: readonly Entry[];
  /** Where the next page starts; null: this is the last one. */
  readonly lastId: string | null;
}

export async function fillPage<Entry extends { readonly id: string }>(
  options: PageOptions<Entry>,
): Promise<Page<Entry>> {
  const { pageSize, read, bytesOf } = options;
  const items: Entry[] = [];
  let lastId = options.startId;
  let bytes = 0;
  let shortReads = 0;
  while (items.length < pageSize && bytes < pageBytesMax && shortReads < shortReadsMax) {
    const limit = Math.min(pageSliceMax, pageSize - items.length);
    const slice = await read(lastId, limit);
    for (const entry of slice.entries) {
      bytes += bytesOf(entry);
      if (bytes > pageBytesMax && items.length > 0) return { items, lastId: items.at(-1)?.id ?? null };
      items.push(entry);
    }
    lastId = slice.lastId;
    if (lastId === null) break;
    if (slice.entries.length < limit) shortReads += 1;
  }
  return { items, lastId };
}

/** The slice that a plain list of at most `limit` entries is: the last one when it is shorter. */
export function sliceOf<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  limit: number,
): Slice<Entry> {
  return { entries, lastId: entries.length < limit ? null : (entries.at(-1)?.id ?? null) };
}
