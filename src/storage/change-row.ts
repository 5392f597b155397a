// A change of the log as it lies on disk: its values by place, without their names, for the same reason as a document's
// (document-row.ts): every commit writes one a document, and every replay reads them. Rows of the older form are read as
// they are.

import type { LogRow } from './document-record.ts';

export type ChangeRow = readonly [
  type: LogRow['type'],
  collection: number,
  id: string,
  firstAdded: number,
  addedCount: number,
  firstRemoved: number,
  removedCount: number,
];

export function toChangeRow({ type, collection, id, added, removed }: LogRow): ChangeRow {
  return [type, collection, id, added.first, added.count, removed.first, removed.count];
}

/** `stored`: a row, or what an engine of format 2 or 1 wrote. */
export function logRowOf(stored: ChangeRow | LogRow): LogRow {
  if (!isRow(stored)) return stored;
  const [type, collection, id, firstAdded, addedCount, firstRemoved, removedCount] = stored;
  return {
    type,
    collection,
    id,
    added: { first: firstAdded, count: addedCount },
    removed: { first: firstRemoved, count: removedCount },
  };
}

function isRow(stored: ChangeRow | LogRow): stored is ChangeRow {
  return Array.isArray(stored);
}
