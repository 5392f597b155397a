// The remembered searches from a moment on, oldest first, in parts between which the main thread serves others.

import type { SearchRecord } from '../../model/search-record.ts';
import type { SearchLogStore } from '../../storage/search-log-store.ts';

/** Rows read in one go: about half a millisecond. */
const rowsPerPart = 100;

export async function* searchPages(
  store: SearchLogStore,
  { fromMs, signal }: { readonly fromMs: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly SearchRecord[]> {
  let fromId = idAt(fromMs);
  let isExclusive = false;
  for (;;) {
    signal.throwIfAborted();
    const part = store.searchesFrom(fromId, rowsPerPart, { isExclusive });
    if (part.length > 0) yield part;
    const last = part.at(-1);
    if (last === undefined || part.length < rowsPerPart) return;
    fromId = last.id;
    isExclusive = true;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Below every id that is given from this moment on (SortableIds begins with the time, nine digits of base 36). */
export function idAt(epochMs: number): string {
  return Math.max(0, Math.floor(epochMs)).toString(36).padStart(9, '0');
}
