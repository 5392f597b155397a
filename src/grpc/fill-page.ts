// One page of a List method: as many entries as were asked for, as far as they fit into a message.

import { limits } from '../model/limits.ts';

/** Half a message: room for one more entry of the largest size, whatever it carries. */
const pageBytesMax = limits.messageBytesMax / 2;
/** Entries fetched at a time: bounds what a page of the largest documents holds in memory. */
const pageSliceMax = 16;

export interface PageOptions<Entry> {
  readonly pageSize: number;
  /** The id that the page before ended with; null: the first page. */
  readonly startId: string | null;
  /** The next entries behind `lastId`; fewer than `limit` when there is no more. */
  readonly read: (lastId: string | null, limit: number) => readonly Entry[] | Promise<readonly Entry[]>;
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
  const { pageSize, startId, read, bytesOf } = options;
  const items: Entry[] = [];
  let bytes = 0;
  let isLast = false;
  while (items.length < pageSize && bytes < pageBytesMax && !isLast) {
    const limit = Math.min(pageSliceMax, pageSize - items.length);
    const slice = await read(items.at(-1)?.id ?? startId, limit);
    isLast = slice.length < limit;
    for (const entry of slice) {
      bytes += bytesOf(entry);
      if (bytes > pageBytesMax && items.length > 0) {
        isLast = false;
        break;
      }
      items.push(entry);
    }
  }
  return { items, lastId: isLast ? null : (items.at(-1)?.id ?? null) };
}
