// Which documents of the index have no row any more: two lists of ids in the same order, walked side by side, so that
// neither has to fit in memory.

import { KmsError } from '../../base/errors.ts';

/** Ids of `stored` that are not in `present`; both in the order of their UTF-8 bytes. Throws `internal` when one is not. */
export async function* findGone(
  stored: AsyncIterable<readonly string[]>,
  present: AsyncIterable<readonly string[]>,
): AsyncGenerator<string> {
  const rows = inOrder(present, 'the source')[Symbol.asyncIterator]();
  let row = await rows.next();
  for await (const id of inOrder(stored, 'the index')) {
    while (row.done !== true && compareUtf8(row.value, id) < 0) row = await rows.next();
    if (row.done === true || row.value !== id) yield id;
  }
  // Read to its end, so that its cursor is closed before the next one is opened.
  while (row.done !== true) row = await rows.next();
}

/** A list in another order would make rows look gone that are not: better no answer than that. */
async function* inOrder(pages: AsyncIterable<readonly string[]>, owner: string): AsyncGenerator<string> {
  let last: string | null = null;
  for await (const page of pages) {
    for (const id of page) {
      if (last !== null && compareUtf8(last, id) > 0)
        throw new KmsError('internal', `ids of ${owner} are not in the order of their bytes`);
      last = id;
      yield id;
    }
  }
}

/** The order of the UTF-8 bytes of two strings; below zero when `a` comes first. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = utf8Rank(a.charCodeAt(index)) - utf8Rank(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates below U+E000, UTF-8 puts what they stand for above U+FFFF. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
